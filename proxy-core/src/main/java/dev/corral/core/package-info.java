/**
 * The data path of Corral and its only way in, {@link dev.corral.core.ProxyCore}; settings are immutable records.
 *
 * <p>{@code proxy-server} depends on this package; {@code proxy-auth} only on {@code spi} and {@code error}.
 */
@NullMarked
package dev.corral.core;

import org.jspecify.annotations.NullMarked;
