package dev.corral.core.policy;

import dev.corral.core.body.JsonFields;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.Endpoint;

/**
 * Refuses tools that make the server search the web itself, on its owner's account, for local models too (Ollama {@code
 * middleware/openai.go}, {@code middleware/anthropic.go}).
 */
final class WebSearchPolicy {
    private WebSearchPolicy() {}

    static void check(Endpoint endpoint, JsonFields body, BodyRules rules, String role) throws Refusal {
        boolean known = endpoint == Endpoint.RESPONSES || endpoint == Endpoint.MESSAGES;
        if (known && !rules.webSearch() && body.webSearch()) {
            throw new Refusal(
                    ErrorCode.FORBIDDEN_WEB_SEARCH,
                    "the role \"" + role + "\" may not use \"tools\" that search the web");
        }
    }
}
