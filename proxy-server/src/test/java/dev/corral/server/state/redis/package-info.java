@NullMarked
package dev.corral.server.state.redis;

import org.jspecify.annotations.NullMarked;
