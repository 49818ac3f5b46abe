package dev.corral.auth.key;

import java.util.Locale;

/** Whether a key opens anything at a given time. */
public enum KeyState {
    ACTIVE,
    EXPIRED,
    /** Also where it has expired as well. */
    REVOKED;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The word used in metrics, logs and listings. */
    public String label() {
        return label;
    }
}
