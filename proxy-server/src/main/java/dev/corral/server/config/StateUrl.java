package dev.corral.server.config;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Names the store that limits and usage are kept in. May hold a password, which neither {@link #toString} nor
 * {@link #text} shows.
 *
 * @param kind which store
 * @param tls whether the connection is encrypted
 * @param user null for the store's default one
 * @param password null for none
 * @param nodes unresolved; empty for a file, one for a single server, one or more for Sentinel and Cluster
 * @param database 0 in a cluster
 * @param master the name that Sentinels know the servers by; null without Sentinel
 */
public record StateUrl(
        Kind kind,
        boolean tls,
        @Nullable String user,
        @Nullable String password,
        List<InetSocketAddress> nodes,
        int database,
        @Nullable String master) {
    /** The file {@code usage.db} in the state directory. */
    public static final StateUrl SQLITE = new StateUrl(Kind.SQLITE, false, null, null, List.of(), 0, null);

    /** What {@link #text} has in the place of a password. */
    static final String HIDDEN = "***";

    /** Which store. */
    public enum Kind {
        /** A file of this process's own. */
        SQLITE("sqlite", "sqlite"),
        /** One Redis or Valkey. */
        REDIS("redis", "rediss"),
        /** Redis behind Sentinels. */
        SENTINEL("redis-sentinel", "rediss-sentinel"),
        /** A Redis Cluster. */
        CLUSTER("redis+cluster", "rediss+cluster");

        private final String plain;
        private final String encrypted;

        Kind(String plain, String encrypted) {
            this.plain = plain;
            this.encrypted = encrypted;
        }

        String scheme(boolean tls) {
            return tls ? encrypted : plain;
        }

        /** The port of an address that names none. */
        int defaultPort() {
            return this == SENTINEL ? 26_379 : 6_379;
        }
    }

    public StateUrl {
        nodes = List.copyOf(nodes);
    }

    /** Whether replicas can share it. */
    public boolean shared() {
        return kind != Kind.SQLITE;
    }

    /** As it is written, without the password. */
    public String text() {
        if (kind == Kind.SQLITE) {
            return "sqlite";
        }
        StringBuilder out = new StringBuilder(kind.scheme(tls)).append("://");
        if (user != null || password != null) {
            out.append(user == null ? "" : StateUrls.encode(user));
            out.append(password == null ? "" : ":" + HIDDEN).append('@');
        }
        out.append(nodes.stream()
                .map(node -> new Addresses.HostPort(node.getHostString(), node.getPort()).text())
                .collect(Collectors.joining(",")));
        if (database != 0 || kind == Kind.SENTINEL) {
            out.append('/').append(database);
        }
        return out.append(master == null ? "" : '#' + StateUrls.encode(master)).toString();
    }

    @Override
    public String toString() {
        return text();
    }
}
