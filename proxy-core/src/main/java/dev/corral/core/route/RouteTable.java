package dev.corral.core.route;

import dev.corral.core.spi.Endpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which paths exist: exact ones, and those whose last segment is a name of bounded form. */
public final class RouteTable {
    private static final int MAX_SEGMENT = 512;

    private final Map<String, Endpoint> exact = new HashMap<>();
    private final List<Prefixed> prefixed = new ArrayList<>();

    public RouteTable() {
        for (Endpoint endpoint : Endpoint.values()) {
            int variable = endpoint.pattern().indexOf("/:");
            if (variable < 0) {
                exact.put(endpoint.pattern(), endpoint);
            } else {
                prefixed.add(new Prefixed(endpoint.pattern().substring(0, variable + 1), endpoint));
            }
        }
    }

    /** The endpoint of a canonical path, whatever the method; null where there is none. */
    public @Nullable Endpoint find(String path) {
        Endpoint endpoint = exact.get(path);
        if (endpoint != null) {
            return endpoint;
        }
        for (Prefixed route : prefixed) {
            if (path.startsWith(route.prefix) && segment(path, route.prefix.length())) {
                return route.endpoint;
            }
        }
        return null;
    }

    // The names that a model, digest or key segment can have: no slash, nothing to decode.
    private static boolean segment(String path, int from) {
        int length = path.length() - from;
        if (length == 0 || length > MAX_SEGMENT) {
            return false;
        }
        for (int i = from; i < path.length(); i++) {
            char c = path.charAt(i);
            boolean ok = c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '.'
                    || c == '_'
                    || c == '-'
                    || c == ':'
                    || c == '=';
            if (!ok) {
                return false;
            }
        }
        return true;
    }

    private record Prefixed(String prefix, Endpoint endpoint) {}
}
