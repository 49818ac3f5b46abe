package dev.corral.server.connect;

import dev.corral.core.spi.UpstreamCredential;

/**
 * What makes requests good at the other Corral, and how people speak of it.
 *
 * @param with what goes with requests
 * @param name such as {@code the key of /home/me/.corral-key}
 * @param registration the line by which a key that signs is registered; empty for what does not sign
 */
public record Credential(UpstreamCredential with, String name, String registration) {
    /** None but the path of the URL. */
    public static final Credential PATH = new Credential(UpstreamCredential.NONE, "the path of the URL", "");

    /** A key that was given as it is. */
    public static Credential ofKey(String text, String where) throws ConnectException {
        return new Credential(KeyCredential.of(text, where), "the key of " + where, "");
    }

    /** Whether requests are signed, so that no key can be read on the way. */
    public boolean signs() {
        return !registration.isEmpty();
    }

    /** Whether something is sent that can be left out. */
    public boolean sent() {
        return with != UpstreamCredential.NONE;
    }
}
