/**
 * What core asks of its surroundings and tells them: authentication, admission, observation, time. No Netty here, so
 * that policy modules can be read, tested and reviewed without the data path.
 *
 * <p>Methods are called on event loops and must not block. Anyone may depend on this package.
 */
@NullMarked
package dev.corral.core.spi;

import org.jspecify.annotations.NullMarked;
