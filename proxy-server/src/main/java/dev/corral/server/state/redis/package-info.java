/**
 * State that several replicas share in Redis or Valkey: limits, usage and keys.
 *
 * <p>The limiter is called on event loops and never waits; stores block and belong to threads of their own; Lettuce has
 * its own I/O threads. {@code server.wiring} uses {@link dev.corral.server.state.redis.SharedState}.
 */
@NullMarked
package dev.corral.server.state.redis;

import org.jspecify.annotations.NullMarked;
