/**
 * What outlives the process: who used how much, and with several replicas also keys and limits.
 *
 * <p>Stores block and belong to threads of their own; what event loops call only notes something in memory.
 */
@NullMarked
package dev.corral.server.state;

import org.jspecify.annotations.NullMarked;
