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
                        admin:
                          listen: 127.0.0.1:11436
                        upstream:
                          url: http://127.0.0.1:11434
                          max-idle-connections: 64
                          idle-ttl: 90s
                          probe-interval: 2s
                        state-dir: /home/someone/.local/state/corral
                        """)
                .contains("\nanonymous-liveness: true\n")
                .contains("\nlimits:\n  target-size: 8KiB\n  header-size: 16KiB\n")
                .contains("\nroles:\n  user:\n    groups:\n      - liveness\n      - read\n      - inference\n");
    }
}
