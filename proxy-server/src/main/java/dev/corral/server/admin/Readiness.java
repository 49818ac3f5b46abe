package dev.corral.server.admin;

import dev.corral.core.CoreStats;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether requests should be sent here.
 *
 * @param reasons why not, as stable words ({@code draining}, {@code upstream_unreachable}); empty when ready
 * @param warnings what is wrong although requests are served, likewise ({@code state_failing})
 */
public record Readiness(List<String> reasons, List<String> warnings) {
    public Readiness {
        reasons = List.copyOf(reasons);
        warnings = List.copyOf(warnings);
    }

    /**
     * By the state of the data path.
     *
     * @param stateUp whether what keys use can be stored; that it cannot turns nobody away, since limits go on from memory
     */
    public static Readiness of(CoreStats stats, boolean stateUp) {
        List<String> reasons = new ArrayList<>();
        if (stats.draining()) {
            reasons.add("draining");
        }
        if (!stats.upstreamReachable()) {
            reasons.add("upstream_unreachable");
        }
        return new Readiness(reasons, stateUp ? List.of() : List.of("state_failing"));
    }

    public boolean ready() {
        return reasons.isEmpty();
    }

    String json() {
        StringBuilder json = new StringBuilder("{\"ready\":").append(ready()).append(",\"reasons\":");
        words(reasons, json);
        if (!warnings.isEmpty()) {
            json.append(",\"warnings\":");
            words(warnings, json);
        }
        return json.append("}\n").toString();
    }

    private static void words(List<String> words, StringBuilder json) {
        json.append('[');
        for (int i = 0; i < words.size(); i++) {
            json.append(i == 0 ? "\"" : ",\"").append(words.get(i)).append('"');
        }
        json.append(']');
    }
}
