package dev.corral.auth.jwt;

/** What is to be said of a token. */
sealed interface Verdict {
    /**
     * Nothing speaks against it so far, but its signature was not verified.
     *
     * @param source whose it says it is
     * @param subject whom it says it names
     */
    record Plausible(IssuerSource source, String subject) implements Verdict {}

    /**
     * It is good.
     *
     * @param source whose it is
     * @param keys with which of its keys in force it was found good
     * @param expiresMillis until when, milliseconds since the epoch, allowance included
     */
    record Good(Identity identity, IssuerSource source, IssuerKeys keys, long expiresMillis) implements Verdict {
        /** Whether it still is: nothing about it can change but the time and its issuer's keys. */
        boolean holds(long epochMillis) {
            return epochMillis < expiresMillis && keys.equals(source.keys());
        }
    }

    /**
     * It is not.
     *
     * @param reason for the operator, without anything that an unverified token says
     */
    record Bad(String reason) implements Verdict {}

    /** It is of a known issuer and signed with a key that is not known, or not known any more. */
    record UnknownKey(IssuerSource source) implements Verdict {}
}
