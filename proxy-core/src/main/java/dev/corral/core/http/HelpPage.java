package dev.corral.core.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page a caller without a key is sent to: how to send one. Says nothing about what is behind Corral. */
public final class HelpPage {
    /** Where it is; no path of Ollama's begins like this. */
    public static final String PATH = "/-/help";

    private static final String HEAD = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>This server needs a key</title>
            <style>
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem;
                   color: #1f2328; background: #fff; }
            h1 { font-size: 1.5rem; }
            code, pre { font: 14px/1.5 ui-monospace, monospace; background: #f3f4f6; border-radius: 4px; }
            code { padding: .1em .3em; }
            pre { padding: .8rem 1rem; overflow-x: auto; }
            .line { white-space: pre-wrap; overflow-wrap: anywhere; }
            @media (prefers-color-scheme: dark) {
              body { color: #e6edf3; background: #0d1117; }
              code, pre { background: #161b22; }
            }
            </style>
            </head>
            <body>
            """;

    private static final String UNREGISTERED = """
            <h1>Your key is not registered here</h1>
            <p>Your program signed its request with the key of your <code>ollama</code> command. The signature is good, but
            nobody has let this key in yet.</p>
            <p><strong>Send this line to the person who runs this server:</strong></p>
            <pre class="line">Please let my ollama key in: @KEY@</pre>
            <p>That person lets it in with this command, and then your program works, without a new start:</p>
            <pre class="line">corral keys approve @KEY@ --name YOUR-NAME</pre>
            <p>The line holds no secret. To see that the key is yours, compare it with what this command prints:</p>
            <pre>ssh-keygen -lf ~/.ollama/id_ed25519.pub</pre>
            """;

    private static final String CLOCK = """
            <h1>Your clock is wrong</h1>
            <p>Your program signed its request, but with a time that is far from this server's. Set the clock of your
            computer, or have it set itself from the network, and try again. If your clock is right, tell the person who
            runs this server that the server's is not.</p>
            """;

    private static final String PLACEHOLDER = """
            <h1>Your program sent no key of its own</h1>
            <p>It sent a placeholder such as <code>ollama</code>, which programs send where nobody has set a key. Replace it
            with the key that the person who runs this server gave you.</p>
            """;

    private static final String STANDARD = """
            <h1>This server needs a key</h1>
            <p>Your program reached the server, but did not send a key that is valid here.
            Keys are given out by the person who runs this server; they begin with <code>crl_</code>.</p>
            <p>A key is sent with every request, in one of these headers:</p>
            <pre>Authorization: Bearer crl_…
            X-API-Key: crl_…</pre>
            <p>Most programs have a setting for it:</p>
            <pre># OpenAI libraries and tools
            OPENAI_BASE_URL=https://this-server/v1
            OPENAI_API_KEY=crl_…

            # Anthropic libraries and tools
            ANTHROPIC_BASE_URL=https://this-server
            ANTHROPIC_API_KEY=crl_…

            # ollama for Python
            Client(host="https://this-server", headers={"Authorization": "Bearer crl_…"})

            # ollama for JavaScript
            new Ollama({ host: "https://this-server", headers: { Authorization: "Bearer crl_…" } })

            # curl
            curl -H "Authorization: Bearer crl_…" https://this-server/api/tags</pre>
            <p>The <code>ollama</code> command knows no such key, but has one of its own, with which it signs when it is told
            to:</p>
            <pre>OLLAMA_AUTH=1 OLLAMA_HOST=https://this-server ollama run llama3</pre>
            <p>Until that key is let in, this ends with a refusal. Send the person who runs this server the line in
            <code>~/.ollama/id_ed25519.pub</code>, which is no secret, for this command:</p>
            <pre class="line">corral keys add-ssh YOUR-NAME 'ssh-ed25519 …'</pre>
            <p>Programs that know no key at all can use a Corral on your own computer, which adds it for them:</p>
            <pre>CORRAL_KEY=crl_… corral connect https://this-server</pre>
            <p>If you did send a key, it is mistyped, has expired or was withdrawn: ask for a new one.</p>
            """;

    private static final String END = "</body>\n</html>\n";

    private static final String PAGE = HEAD + STANDARD + END;

    // SHA256: and 32 bytes in base64 without padding; nothing else gets into the page.
    private static final Pattern KEY = Pattern.compile("key=(SHA256:[A-Za-z0-9+/]{43})");

    private HelpPage() {}

    /** The path of the page that is told something; the query as {@code ProxyError.help} has it. */
    public static String path(String query) {
        return query.isEmpty() ? PATH : PATH + '?' + query;
    }

    /**
     * The page, UTF-8.
     *
     * @param query as it was sent; whatever the page was not told by Corral means nothing
     */
    public static String html(String query) {
        String plain = query.replace("%3A", ":").replace("%2B", "+").replace("%2F", "/");
        Matcher key = KEY.matcher(plain);
        if (key.matches()) {
            return HEAD + UNREGISTERED.replace("@KEY@", key.group(1)) + END;
        }
        return switch (query) {
            case "clock" -> HEAD + CLOCK + END;
            case "placeholder" -> HEAD + PLACEHOLDER + STANDARD + END;
            default -> PAGE;
        };
    }
}
