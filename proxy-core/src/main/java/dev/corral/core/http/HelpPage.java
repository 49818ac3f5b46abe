package dev.corral.core.http;

/** The page a caller without a key is sent to: how to send one. Says nothing about what is behind Corral. */
public final class HelpPage {
    /** Where it is; no path of Ollama's begins like this. */
    public static final String PATH = "/-/help";

    /** The page, UTF-8. */
    public static final String HTML = """
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
            @media (prefers-color-scheme: dark) {
              body { color: #e6edf3; background: #0d1117; }
              code, pre { background: #161b22; }
            }
            </style>
            </head>
            <body>
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
            <p>If you did send a key, it is mistyped, has expired or was withdrawn: ask for a new one.</p>
            </body>
            </html>
            """;

    private HelpPage() {}
}
