package dev.corral.core.body.oracle;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.corral.core.spi.Endpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Bodies that a fuzzer finds, for the property of {@link BodyPropertyTest}. As an ordinary test it runs its seeds;
 * {@code .ci/fuzz} searches for more.
 */
final class BodyFuzz {
    private static final List<Endpoint> ROUTES = routes();

    private final Agreement agreement = new Agreement();

    /**
     * One body.
     *
     * @param input a byte that chooses the route and the role, and the body
     */
    @FuzzTest
    @DictionaryEntries({
        "\"model\":",
        "\"MODEL\":",
        "\"\\u006dodel\":",
        "\"me\\xC5\\xBF\\xC5\\xBFages\":",
        "\"llama3\"",
        "\"stub\"",
        "\"x:cloud\"",
        "\"options\":{",
        "\"num_ctx\":",
        "\"num_predict\":",
        "\"keep_alive\":",
        "\"\\xE2\\x84\\xAAeep_alive\":",
        "\"template\":",
        "\"raw\":true",
        "\"shift\":",
        "\"messages\":[",
        "\"images\":[",
        "\"tools\":[{\"type\":",
        "\"web_search\"",
        "\"max_tokens\":",
        "\"max_output_tokens\":",
        "\"top_logprobs\":",
        "\"from\":",
        "\"insecure\":true",
        "null",
        "1e400",
        "\\ud800"
    })
    void body_isRefusedOrReadByGoAsPolicyReadIt(byte[] input) {
        if (input.length > 0) {
            int choice = input[0] & 0xFF;
            agreement.check(
                    ROUTES.get(choice % ROUTES.size()),
                    Roles.ALL.get(choice / ROUTES.size() % Roles.ALL.size()),
                    Arrays.copyOfRange(input, 1, input.length));
        }
    }

    private static List<Endpoint> routes() {
        List<Endpoint> routes = new ArrayList<>();
        OllamaTypes.routes().forEach(routes::add);
        return routes;
    }
}
