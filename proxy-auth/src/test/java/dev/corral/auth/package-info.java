/**
 * What the tests of this module share: requests without a socket, a clock that stands still, the authenticators'
 * contract.
 *
 * <p>Of the test threads. Any test of the module may depend on this package.
 */
@NullMarked
package dev.corral.auth;

import org.jspecify.annotations.NullMarked;
