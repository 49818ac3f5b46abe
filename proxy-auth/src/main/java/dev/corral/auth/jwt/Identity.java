package dev.corral.auth.jwt;

import org.jspecify.annotations.Nullable;

/**
 * What a token says of its bearer, after everything about it was found to be good.
 *
 * @param issuer who says so
 * @param subject who it is, for as long as the issuer knows them
 * @param name what they are called in logs; not checked yet
 * @param keyName the name of their key record here; null where the token has none, or none is asked for
 * @param role what they are here without a key record; null for nothing
 */
record Identity(
        String issuer,
        String subject,
        String name,
        @Nullable String keyName,
        @Nullable String role) {}
