package dev.corral.server.config;

import static dev.corral.server.config.Configs.valid;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EffectiveConfigTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "listen: \"[::1]:1\"",
                "listen: localhost:1",
                "admin: {listen: off}",
                "upstream: {url: \"http://[::1]:1\"}",
                "public-url: http://a.b:1",
                "state-dir: \"/a/$${HOME}/b c/ #d/\u00fc: 'x'/~\"",
                "state-dir: \"/12\\n3\"",
                "keys-file: \"/true\"",
                "roles: {user: {groups: []}, \"null\": {groups: [web]}, \"no\": {groups: [read]}}",
                "cors: {origins: [\"*\"]}",
                "cors: {origins: []}",
                "timeouts: {connect: 1234ms}",
                "roles: {user: {groups: [read], models: {allow: [], deny: [a, \"*\"], cloud: true}}}",
                "roles: {user: {groups: [read], rules: open}}",
                "roles: {user: {groups: [read], rules: {web-search: true, keep-alive: any, max-tokens: any}}}",
                "roles: {user: {groups: [read], rules: {keep-alive: {max: 30s}, max-tokens: {max: 5}}}}",
                "roles: {user: {groups: [read], rules: {keep-alive: {min: 0s, max: 365d}, max-tokens: {default: 5}}}}",
                "roles: {user: {groups: [read], rules: {options: {num_ctx: clamp -1..5, num_gpu: pin -1, use_mmap: pin"
                        + " true, num_batch: pass}, shift: pin false}}}",
                "roles: {user: {groups: [read], rules: {template: drop, raw: allow, system: refuse, context: drop,"
                        + " debug-render: allow}}}",
                "roles: {user: {groups: [read], rules: {top-logprobs: any, embed-inputs: 1, images: {size: any}}}}",
                "roles: {user: {groups: [read], rules: open, exceptions: [{models: [a], rules: {max-tokens: 7}},"
                        + " {models: [b], rules: safe}, {models: [c], rules: {}}, {models: [d], rules: open}]}}",
                "roles: {user: {groups: [read], rules: {max-tokens: 9}, exceptions: [{models: [a], rules: {keep-alive:"
                        + " any}}, {models: [b], rules: {}}, {models: [c], rules: {max-tokens: 16384}}]}}",
                "roles: {user: {groups: [read], show-details: true, manage: {pull: [\"library/*\"]}}}",
                "show-changes: true",
                "roles: {user: {groups: [read], limits: {tokens-per-day: 200k, burst: 3, requests-per-minute: 1001}}}",
                "roles: {user: {groups: [read], limits: {concurrency: none}, limits-together: {tokens-per-month: 2M}}}",
                "roles: {user: {groups: [read], weight: 7}}",
                "upstream: {parallel: 1}",
                "queue: {waiting: 0, waiting-per-key: 0, max-wait: 1s, prefer-loaded: true}",
                "usage: {time-zone: Europe/Berlin, retention: 31d}",
                "state: {url: \"redis://localhost:1/2\", when-away: local, prefix: a}",
                "state: {url: \"rediss-sentinel://me@h1,[::1]:5#my%20master\"}",
                "state: {url: \"rediss+cluster://h1,h2:7000\"}",
                "anonymous-liveness: false",
                "log: {access: {file: \"-\"}}",
            })
    void renderedConfiguration_isReadAsTheSame(String yaml) {
        CorralConfig config = valid(yaml);

        String rendered = EffectiveConfig.render(config);

        assertThat(valid(rendered)).isEqualTo(config);
        assertThat(EffectiveConfig.render(valid(rendered))).isEqualTo(rendered);
    }

    @Test
    void rendered_looksLikeAFileThatAPersonWrites() {
        assertThat(EffectiveConfig.render(Configs.defaults()))
                .startsWith("""
                        listen: 127.0.0.1:11435
                        tls:
                          mode: "off"
                          certificates: []
                          names: []
                          acme:
                            domains: []
                            agree-terms: false
                            email: none
                            challenge: auto
                            directory: letsencrypt
                            ca-file: none
                            renew-before: auto
                          client-certificates: "off"
                          client-ca: none
                          provider: auto
                        admin:
                          listen: 127.0.0.1:11436
                        upstream:
                          url: http://127.0.0.1:11434
                          max-idle-connections: 64
                          idle-ttl: 90s
                          probe-interval: 2s
                          models-interval: 5m
                          parallel: 4
                        queue:
                          waiting: 512
                          waiting-per-key: 64
                          max-wait: 5m
                          prefer-loaded: false
                        state-dir: /home/someone/.local/state/corral
                        """)
                .contains("\nanonymous-liveness: true\n")
                .contains("\nlimits:\n  target-size: 8KiB\n  header-size: 16KiB\n")
                .contains(
                        "\nroles:\n  user:\n    groups:\n      - liveness\n      - read\n      - inference\n    rules: safe\n  admin:\n")
                .contains("\n    models:\n      cloud: true\n    rules: open\n    show-details: true\n    manage:\n");
    }

    @Test
    void role_isShownWithWhatDiffersFromSafeOnly() {
        CorralConfig config = valid("""
                roles:
                  user:
                    groups: [read]
                    models: {allow: ["*"], deny: ["*:70b"]}
                    rules:
                      web-search: false
                      max-tokens: 4096
                      options: {num_ctx: pin 8192, num_gpu: drop}
                      template: refuse
                    exceptions:
                      - models: ["llama3*"]
                        rules: {options: {num_ctx: pin 16384}}
                """);

        assertThat(EffectiveConfig.render(config)).contains("""
                roles:
                  user:
                    groups:
                      - read
                    models:
                      deny:
                        - '*:70b'
                    rules:
                      max-tokens: 4096
                      options:
                        num_ctx: pin 8192
                    exceptions:
                      - models:
                          - llama3*
                        rules:
                          options:
                            num_ctx: pin 16384
                  admin:
                """);
    }
}
