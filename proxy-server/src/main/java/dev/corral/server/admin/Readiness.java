package dev.corral.server.admin;

import dev.corral.core.CoreStats;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether requests should be sent here.
 *
 * @param reasons why not, as stable words ({@code draining}, {@code upstream_unreachable}); empty when ready
 */
public record Readiness(List<String> reasons) {
    public Readiness {
        reasons = List.copyOf(reasons);
    }

    /** By the state of the data path. */
    public static Readiness of(CoreStats stats) {
        List<String> reasons = new ArrayList<>();
        if (stats.draining()) {
            reasons.add("draining");
        }
        if (!stats.upstreamReachable()) {
            reasons.add("upstream_unreachable");
        }
        return new Readiness(reasons);
    }

    public boolean ready() {
        return reasons.isEmpty();
    }

    String json() {
        StringBuilder json = new StringBuilder("{\"ready\":").append(ready()).append(",\"reasons\":[");
        for (int i = 0; i < reasons.size(); i++) {
            json.append(i == 0 ? "\"" : ",\"").append(reasons.get(i)).append('"');
        }
        return json.append("]}\n").toString();
    }
}
