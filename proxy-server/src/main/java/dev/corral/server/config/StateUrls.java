package dev.corral.server.config;

import dev.corral.server.config.StateUrl.Kind;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@link StateUrl}s. What is wrong is said without the text, which may hold a password. */
final class StateUrls {
    static final String EXPECTATION = "sqlite, redis://HOST, redis-sentinel://HOST,HOST#MASTER or"
            + " redis+cluster://HOST,HOST, with USER:PASSWORD@ before and :PORT or /DATABASE after HOST if need be,"
            + " rediss for TLS";

    private static final int MAX = 2_000;
    private static final int MAX_NODES = 32;
    private static final Pattern DATABASE = Pattern.compile("[0-9]{1,5}");

    private StateUrls() {}

    /** The store; null if the text does not name one. */
    static @Nullable StateUrl parse(String text) throws ScalarType.Unexpected {
        if (text.equals("sqlite")) {
            return StateUrl.SQLITE;
        }
        int colon = text.indexOf("://");
        if (colon < 0 || text.length() > MAX) {
            return null;
        }
        String scheme = text.substring(0, colon);
        for (Kind kind : List.of(Kind.REDIS, Kind.SENTINEL, Kind.CLUSTER)) {
            if (scheme.equals(kind.scheme(false)) || scheme.equals(kind.scheme(true))) {
                return parse(kind, scheme.equals(kind.scheme(true)), text.substring(colon + 3));
            }
        }
        return null;
    }

    private static @Nullable StateUrl parse(Kind kind, boolean tls, String text) throws ScalarType.Unexpected {
        int at = text.lastIndexOf('@');
        String credentials = at < 0 ? "" : text.substring(0, at);
        String rest = text.substring(at + 1);
        if (rest.indexOf('?') >= 0) {
            throw new ScalarType.Unexpected("a URL without ?; the password stands before the host, :PASSWORD@HOST");
        }
        String master = null;
        int hash = rest.indexOf('#');
        if (hash >= 0) {
            master = decode(rest.substring(hash + 1));
            rest = rest.substring(0, hash);
        }
        if (kind == Kind.SENTINEL ? master == null || master.isEmpty() : hash >= 0) {
            throw new ScalarType.Unexpected(
                    kind == Kind.SENTINEL
                            ? "the name that the Sentinels know the servers by, as in redis-sentinel://HOST,HOST#MASTER"
                            : "no #; only Sentinels have a name for the servers");
        }
        String database = "0";
        int slash = rest.indexOf('/');
        if (slash >= 0) {
            database = slash == rest.length() - 1 ? "0" : rest.substring(slash + 1);
            rest = rest.substring(0, slash);
        }
        if (!DATABASE.matcher(database).matches()) {
            throw new ScalarType.Unexpected("the number of a database after /, such as /0");
        }
        int number = Integer.parseInt(database);
        if (kind == Kind.CLUSTER && number != 0) {
            throw new ScalarType.Unexpected("no number of a database; a cluster has one only");
        }
        List<InetSocketAddress> nodes = nodes(kind, rest);
        int colon = credentials.indexOf(':');
        String user = decode(colon < 0 ? credentials : credentials.substring(0, colon));
        String password = colon < 0 ? "" : decode(credentials.substring(colon + 1));
        if (user == null || password == null || nodes == null) {
            return null;
        }
        if (password.equals(StateUrl.HIDDEN)) {
            throw new ScalarType.Unexpected("the password in the place of " + StateUrl.HIDDEN
                    + ", which `corral check` writes instead; ${NAME} takes it from the environment");
        }
        return new StateUrl(kind, tls, emptyAsNull(user), emptyAsNull(password), nodes, number, master);
    }

    private static @Nullable List<InetSocketAddress> nodes(Kind kind, String text) throws ScalarType.Unexpected {
        String[] parts = text.split(",", -1);
        if (parts.length > (kind == Kind.REDIS ? 1 : MAX_NODES)) {
            throw new ScalarType.Unexpected(
                    kind == Kind.REDIS
                            ? "one host; several are redis-sentinel://HOST,HOST#MASTER or redis+cluster://HOST,HOST"
                            : "at most " + MAX_NODES + " hosts");
        }
        List<InetSocketAddress> nodes = new ArrayList<>();
        for (String part : parts) {
            Addresses.HostPort address = Addresses.hostPort(part, kind.defaultPort());
            if (address == null || address.port() == 0) {
                return null;
            }
            nodes.add(InetSocketAddress.createUnresolved(address.host(), address.port()));
        }
        return nodes;
    }

    private static @Nullable String emptyAsNull(String text) {
        return text.isEmpty() ? null : text;
    }

    /** With %XX replaced; null if one is none, or stands for a control character. */
    private static @Nullable String decode(String text) {
        try {
            String decoded = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
            return decoded.chars().anyMatch(Character::isISOControl) ? null : decoded;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
