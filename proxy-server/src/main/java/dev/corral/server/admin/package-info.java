/**
 * The listener for operators: metrics, health and readiness, on an address and a thread of its own.
 *
 * <p>Never on the data path's event loops. For the composition root.
 */
@NullMarked
package dev.corral.server.admin;

import org.jspecify.annotations.NullMarked;
