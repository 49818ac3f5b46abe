package dev.corral.server.cli;

import dev.corral.server.config.CorralConfig;
import dev.corral.server.config.TlsConfig;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How to tell the usual clients about Corral and a key; ready to paste. */
final class ClientSettings {
    private static final String CA_FILE = "corral-ca.pem";
    private static final String GUESSED =
            "The address has this machine's name, which others may not know it by (set public-url).";
    private static final String TRUST = """
            # First let clients trust this Corral's own authority. Here, as the user that Corral runs as (more: %3$s):
            %1$s

            # There, beside that file: Python, Go and the ollama command; Node
            export SSL_CERT_FILE=$PWD/%2$s
            export NODE_EXTRA_CA_CERTS=$PWD/%2$s

            """;

    private final String url;
    private final boolean guessed;
    private final String key;
    private final String trust;
    private final String makeCaFile;
    private final String addSsh;
    private final boolean pathTokens;
    private final boolean ownAuthority;

    /**
     * Settings.
     *
     * @param name the key's
     * @param key the whole key
     * @param listen where this Corral listens
     */
    ClientSettings(ConfigLoader.Loaded loaded, InetSocketAddress listen, String name, String key) {
        this.addSsh = loaded.command("corral keys add-ssh " + Words.shell(name) + " 'ssh-ed25519 ...'");
        CorralConfig config = loaded.config();
        this.trust = loaded.command("corral trust");
        this.makeCaFile = makeCaFile(loaded);
        ClientUrl called = ClientUrl.of(config, listen);
        this.url = called.text();
        this.guessed = called.guessed();
        this.key = key;
        this.pathTokens = config.core().edge().pathTokens();
        this.ownAuthority = config.tls().mode() == TlsConfig.Mode.LOCAL;
    }

    private static String makeCaFile(ConfigLoader.Loaded loaded) {
        return loaded.command("corral trust --pem") + " > " + CA_FILE;
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
        String text = (guessed ? "# " + GUESSED + "\n\n" : "")
                + (ownAuthority ? TRUST.formatted(makeCaFile, CA_FILE, trust) : "")
                + """
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

                # The ollama command, which signs with its own ~/.ollama/id_ed25519, once that is let in here with
                # %5$s
                OLLAMA_AUTH=1 OLLAMA_HOST=%1$s ollama run llama3

                # Programs that know no keys: this runs beside them and adds it
                CORRAL_KEY=%2$s corral connect %1$s%4$s
                """.formatted(
                                url,
                                key,
                                ownAuthority ? " --cacert " + CA_FILE : "",
                                ownAuthority ? " --ca-file " + CA_FILE : "",
                                addSsh);
        return pathTokens ? text + """

                # Programs that can be told nothing but a URL, such as the ollama command
                export OLLAMA_HOST=%s
                """.formatted(urlWithKey()) : text;
    }

    /** What the owner of an ssh key sets for the ollama command; sentences. */
    static List<String> signing(ConfigLoader.Loaded loaded) {
        CorralConfig config = loaded.config();
        ClientUrl called = ClientUrl.of(config, config.core().listen());
        String authority = config.tls().mode() == TlsConfig.Mode.LOCAL
                ? ", and SSL_CERT_FILE=" + CA_FILE + ", which " + makeCaFile(loaded) + " makes,"
                : "";
        String set = "Its owner sets OLLAMA_AUTH=1 and OLLAMA_HOST=" + called.text() + authority
                + " for the ollama command.";
        return called.guessed() ? List.of(set, GUESSED) : List.of(set);
    }

    /** For who reads the variables alone: sentences with what they do not say. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (guessed) {
            notes.add(GUESSED);
        }
        if (ownAuthority) {
            notes.add("Clients have to trust this Corral's own authority: " + makeCaFile + ", and there SSL_CERT_FILE="
                    + CA_FILE + " (Node: NODE_EXTRA_CA_CERTS); more: " + trust);
        }
        return notes;
    }
}
