/**
 * Tokens of single sign-on: JWTs that an OpenID Connect issuer has signed.
 *
 * <p>Asked on event loops, which look up what is verified already; signatures are verified on {@code corral-jwt}, and
 * issuers' keys fetched on {@code corral-issuers}. {@code proxy-server} depends on this package; it knows {@code
 * auth.key}, the Ed25519 of {@code auth.ssh}, {@code auth.scheme}, and core's {@code spi} and {@code error}.
 */
@NullMarked
package dev.corral.auth.jwt;

import org.jspecify.annotations.NullMarked;
