package dev.corral.server.config;

import java.util.Locale;

/**
 * Where limits and usage are kept.
 *
 * @param url the store
 * @param whenAway what becomes of requests while a store that several replicas share cannot be reached
 * @param prefix of every name in such a store
 */
public record StateSettings(StateUrl url, WhenAway whenAway, String prefix) {
    public static final StateSettings DEFAULTS = new StateSettings(StateUrl.SQLITE, WhenAway.DENY, "corral");

    /** What becomes of requests while the store that replicas share cannot be reached. */
    public enum WhenAway {
        /** They are refused. */
        DENY,
        /** Each replica counts on its own. */
        LOCAL;

        private final String label = name().toLowerCase(Locale.ROOT);

        /** The word used in configuration, logs and metrics. */
        public String label() {
            return label;
        }
    }
}
