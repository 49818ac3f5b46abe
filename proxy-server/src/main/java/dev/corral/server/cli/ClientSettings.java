package dev.corral.server.cli;

import dev.corral.core.CoreSettings;
import dev.corral.server.config.CorralConfig;
import dev.corral.server.config.TlsConfig;
import dev.corral.server.wiring.Listening;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How to tell the usual clients about Corral and a key; ready to paste. */
final class ClientSettings {
    private static final String CA_FILE = "corral-ca.pem";
    private static final String MAKE_CA_FILE = "corral trust --pem > " + CA_FILE;
    private static final String TRUST = """
            # First let clients trust this Corral's own authority. Here, as the user that Corral runs as (more: corral trust):
            %1$s

            # There, beside that file: Python, Go and the ollama command; Node
            export SSL_CERT_FILE=$PWD/%2$s
            export NODE_EXTRA_CA_CERTS=$PWD/%2$s

            """.formatted(MAKE_CA_FILE, CA_FILE);

    private final String url;
    private final String key;
    private final boolean pathTokens;
    private final boolean ownAuthority;

    /**
     * Settings.
     *
     * @param key the whole key
     * @param listen where this Corral listens
     */
    ClientSettings(CorralConfig config, InetSocketAddress listen, String key) {
        this.url = url(config.core(), listen);
        this.key = key;
        this.pathTokens = config.core().edge().pathTokens();
        this.ownAuthority = config.tls().mode() == TlsConfig.Mode.LOCAL;
    }

    /**
     * What clients call this Corral by, as far as its configuration tells.
     *
     * @param listen where it listens
     */
    private static String url(CoreSettings core, InetSocketAddress listen) {
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
        String text = (ownAuthority ? TRUST : "") + """
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
                curl%3$s %1$s/api/tags -H 'Authorization: Bearer %2$s'
                """.formatted(url, key, ownAuthority ? " --cacert " + CA_FILE : "");
        return pathTokens ? text + """

                # Programs that can be told nothing but a URL, such as the ollama command
                export OLLAMA_HOST=%s
                """.formatted(urlWithKey()) : text;
    }

    /** What the owner of an ssh key sets for the ollama command. */
    static String signing(CorralConfig config) {
        return "OLLAMA_AUTH=1 and OLLAMA_HOST="
                + url(config.core(), config.core().listen())
                + (config.tls().mode() == TlsConfig.Mode.LOCAL
                        ? ", and SSL_CERT_FILE=" + CA_FILE + ", which " + MAKE_CA_FILE + " makes,"
                        : "");
    }

    /** For who reads the variables alone: in words, what they do not say; null for nothing. */
    @Nullable
    String note() {
        return ownAuthority
                ? "Clients have to trust this Corral's own authority: " + MAKE_CA_FILE + ", and there SSL_CERT_FILE="
                        + CA_FILE + " (Node: NODE_EXTRA_CA_CERTS); more: corral trust"
                : null;
    }
}
