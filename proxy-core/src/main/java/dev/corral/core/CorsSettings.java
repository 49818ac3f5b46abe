package dev.corral.core;

import java.time.Duration;
import java.util.List;

/**
 * Which web pages may call, answered by Corral; nothing of it reaches the upstream.
 *
 * @param origins exact origins such as {@code https://chat.lab}; {@code http://localhost:*} for any port;
 *     {@code app://*} for every origin of a scheme; {@code *} alone for all
 * @param maxAge how long browsers may remember a preflight's answer
 */
public record CorsSettings(List<String> origins, Duration maxAge) {
    /** Ollama's own defaults, so that what works against a bare Ollama works here. */
    public static final CorsSettings DEFAULTS = new CorsSettings(
            List.of(
                    "http://localhost:*",
                    "https://localhost:*",
                    "http://127.0.0.1:*",
                    "https://127.0.0.1:*",
                    "app://*",
                    "file://*",
                    "tauri://*",
                    "vscode-webview://*",
                    "vscode-file://*"),
            Duration.ofHours(12));

    public CorsSettings {
        origins = List.copyOf(origins);
    }
}
