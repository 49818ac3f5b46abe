package dev.corral.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.server.config.StateUrl.Kind;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which stores can be named, and that no password is ever shown. */
class StateUrlTest {
    private static StateUrl url(String text) {
        return Configs.valid("state: {url: \"" + text + "\"}").state().url();
    }

    @Test
    void nothingSaid_isTheFile() {
        assertThat(Configs.valid("").state()).isEqualTo(StateSettings.DEFAULTS);
        assertThat(url("sqlite").shared()).isFalse();
    }

    @Test
    void everyPart_isRead() {
        assertThat(url("rediss://me:p%40s%2Fs+@db.lab:7000/3"))
                .isEqualTo(new StateUrl(
                        Kind.REDIS,
                        true,
                        "me",
                        "p@s/s+",
                        List.of(InetSocketAddress.createUnresolved("db.lab", 7000)),
                        3,
                        null));
        assertThat(url("redis-sentinel://:x@a,b:1/2#lab"))
                .isEqualTo(new StateUrl(
                        Kind.SENTINEL,
                        false,
                        null,
                        "x",
                        List.of(
                                InetSocketAddress.createUnresolved("a", 26_379),
                                InetSocketAddress.createUnresolved("b", 1)),
                        2,
                        "lab"));
        assertThat(url("redis+cluster://a,[::1]:7000"))
                .isEqualTo(new StateUrl(
                        Kind.CLUSTER,
                        false,
                        null,
                        null,
                        List.of(
                                InetSocketAddress.createUnresolved("a", 6_379),
                                InetSocketAddress.createUnresolved("::1", 7000)),
                        0,
                        null));
    }

    @Test
    void passwordFromTheEnvironment_isPutInAndNotShown() {
        CorralConfig config = Configs.valid(new ConfigReader(Configs.environment(Map.of("PW", "hush-hush")))
                .read("state: {url: \"redis://me:${PW}@127.0.0.1\"}", Configs.ETC, Overrides.NONE));

        assertThat(config.state().url().password()).isEqualTo("hush-hush");
        assertThat(config.state().url().text()).isEqualTo("redis://me:***@127.0.0.1:6379");
        assertThat(config.toString()).contains("redis://me:***@").doesNotContain("hush");
        assertThat(EffectiveConfig.render(config)).contains("redis://me:***@").doesNotContain("hush");
    }

    @Test
    void passwordAsCorralCheckWritesIt_isAProblemThatSaysSo() {
        assertThat(Configs.problems("state: {url: \"redis://me:***@127.0.0.1\"}"))
                .containsExactly("state.url (line 1): \"redis://***@127.0.0.1\" (expected: the password in the place of"
                        + " ***, which `corral check` writes instead; ${NAME} takes it from the environment)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://:hush@",
                "redis://:hush@h:99999",
                "redis://u:hush@h1,h2",
                "redis://hush@h@/x",
                "redis://:hush",
                "redis://h/0?password=hush",
                "rediss://u:hush%zz@h",
                "redis+cluster://:hush@h/4",
                "redis-sentinel://:hush@h",
                "redis://:hush@h#master",
                "postgres://u:hush@h/db",
                "valkey://h?hush"
            })
    void brokenUrl_isAProblemThatShowsNoPassword(String text) {
        assertThat(Configs.problems("state: {url: \"" + text + "\"}"))
                .singleElement()
                .asString()
                .startsWith("state.url (line 1): \"")
                .contains("(expected: ")
                .doesNotContain("hush");
        assertThat(Configs.problems("state: \"" + text + "\"").toString()).doesNotContain("hush");
    }

    @ParameterizedTest
    @CsvSource({"7,7", "1,1", "0,4", "-1,4", "many,4", "10000,4", "'',4"})
    void parallel_isAsOllamaIsToldWhereThatIsKnown(String variable, int parallel) {
        ConfigReader reader = new ConfigReader(Configs.environment(Map.of("OLLAMA_NUM_PARALLEL", variable)));

        CorralConfig unsaid = Configs.valid(reader.read("", Configs.ETC, Overrides.NONE));
        CorralConfig said = Configs.valid(reader.read("upstream: {parallel: 9}", Configs.ETC, Overrides.NONE));

        assertThat(unsaid.core().queue().parallel()).isEqualTo(parallel);
        assertThat(EffectiveConfig.render(unsaid)).contains("\n  parallel: " + parallel + "\n");
        assertThat(said.core().queue().parallel()).isEqualTo(9);
    }

    @Test
    void zoneThatIsNone_isAProblem() {
        assertThat(Configs.problems("usage: {time-zone: Mars/North, retention: 30d}"))
                .containsExactly(
                        "usage.time-zone (line 1): \"Mars/North\" (expected: the name of a time zone such as Europe/Berlin"
                                + " or UTC; \"local\" for this machine's)",
                        "usage.retention (line 1): \"30d\" (expected: 31d to 3660d in whole days)");
    }
}
