package dev.corral.server.cli;

import dev.corral.core.CoreSettings;
import dev.corral.server.wiring.Listening;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/** How to tell the usual clients about Corral and a key; ready to paste. */
final class ClientSettings {
    private final String url;
    private final String key;
    private final boolean pathTokens;

    /**
     * Settings.
     *
     * @param url what clients call Corral by, without a slash at the end
     * @param key the whole key
     * @param pathTokens whether the key may stand in the URL
     */
    ClientSettings(String url, String key, boolean pathTokens) {
        this.url = url;
        this.key = key;
        this.pathTokens = pathTokens;
    }

    /**
     * What clients call this Corral by, as far as its configuration tells.
     *
     * @param listen where it listens
     */
    static String url(CoreSettings core, InetSocketAddress listen) {
        String publicUrl = core.publicUrl();
        if (publicUrl == null) {
            return Listening.url(listen, core.edge().tls());
        }
        return publicUrl.endsWith("/") ? publicUrl.substring(0, publicUrl.length() - 1) : publicUrl;
    }

    Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("OPENAI_BASE_URL", url + "/v1");
        variables.put("OPENAI_API_KEY", key);
        variables.put("ANTHROPIC_BASE_URL", url);
        variables.put("ANTHROPIC_API_KEY", key);
        if (pathTokens) {
            variables.put("OLLAMA_HOST", urlWithKey());
        }
        return variables;
    }

    private String urlWithKey() {
        return url + "/t/" + key;
    }

    /** Lines, each ending with a line feed. */
    String text() {
        String text = """
                # OpenAI's SDKs and what is made with them
                export OPENAI_BASE_URL=%1$s/v1
                export OPENAI_API_KEY=%2$s

                # Anthropic's SDKs and what is made with them
                export ANTHROPIC_BASE_URL=%1$s
                export ANTHROPIC_API_KEY=%2$s

                # Python, the ollama package
                client = ollama.Client(host='%1$s', headers={'Authorization': 'Bearer %2$s'})

                # JavaScript, the ollama package
                const client = new Ollama({ host: '%1$s', headers: { Authorization: 'Bearer %2$s' } })

                # curl
                curl %1$s/api/tags -H 'Authorization: Bearer %2$s'
                """.formatted(url, key);
        return pathTokens ? text + """

                # Programs that can be told nothing but a URL, such as the ollama command
                export OLLAMA_HOST=%s
                """.formatted(urlWithKey()) : text;
    }
}
