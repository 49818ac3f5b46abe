package dev.corral.server.config;

import java.util.LinkedHashMap;
import java.util.Map;

/** What each section of the configuration is about, for the reference. */
final class SectionTexts {
    private SectionTexts() {}

    /** By path. */
    static Map<String, String> all() {
        Map<String, String> sections = new LinkedHashMap<>();
        sections.put("tls", "Encryption between clients and Corral; docs/tls.md tells which way fits whom.");
        sections.put("tls.acme", "For acme: a certificate from Let's Encrypt or another public authority.");
        sections.put("clients", "From where clients may come, as networks and addresses.");
        sections.put("lockout", "What becomes of addresses that send wrong credentials.");
        sections.put("admin", "The listener for the people who run Corral.");
        sections.put("upstream", "The Ollama behind Corral.");
        sections.put("queue", "What waits for a place at Ollama's models.");
        sections.put("state", "Where limits and usage are kept.");
        sections.put("usage", "How usage is added up.");
        sections.put("auth", "How callers prove who they are, beside keys.");
        sections.put("cors", "Web pages that call from a browser; Corral answers them, Ollama never sees them.");
        sections.put("limits", "What callers can make Corral hold, as sizes and numbers.");
        sections.put("http2", "HTTP/2, which clients may choose on listeners with TLS.");
        sections.put("timeouts", "Deadlines. Each measures one thing.");
        sections.put("log", "What is written down. Prompts and keys never are.");
        sections.put("log.access", "One JSON line per exchange.");
        sections.put("log.audit", "One JSON line per refused request, per change of keys, per start and stop.");
        return sections;
    }
}
