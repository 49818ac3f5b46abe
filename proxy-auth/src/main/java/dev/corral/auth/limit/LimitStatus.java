package dev.corral.auth.limit;

/**
 * Where an account stands with one limit, at a moment.
 *
 * @param account {@code key:ID} or {@code role:NAME}
 * @param kind which limit; not {@link LimitKind#BURST}
 * @param limit how much may be used
 * @param used how much was, or is
 * @param reserved how much is set aside for requests under way; 0 for requests and concurrency, which are used at once
 * @param left how much may be used still, from 0
 * @param resetsAtMillis when it is whole again if nothing more is used, milliseconds since the epoch; 0 where that is not
 *     a matter of time
 */
public record LimitStatus(
        String account, LimitKind kind, long limit, long used, long reserved, long left, long resetsAtMillis) {}
