package dev.corral.auth.jwt;

/** An issuer's keys could not be had; the message says why, in words that may be logged. */
final class IssuerException extends Exception {
    private static final long serialVersionUID = 1;

    IssuerException(String message) {
        super(message);
    }
}
