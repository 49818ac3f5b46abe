package dev.corral.core.policy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelPatternTest {
    @ParameterizedTest
    @CsvSource({
        "*,                                 chat",
        "*,                                 evil.example/a/b:c",
        "*,                                 chat:cloud",
        "chat,                              chat",
        "chat,                              CHAT:Latest",
        "Chat,                              library/chat",
        "CHAT:LATEST,                       chat",
        "library/chat,                      chat:local",
        "registry.ollama.ai/library/chat,   chat",
        "llama3*,                           llama3",
        "llama3*,                           llama3.2:1b",
        "llama3*,                           llama3-gradient:8b-1048k",
        "llama3*:latest,                    llama3.2",
        "*:7b,                              mistral:7b",
        "chat:*,                            chat:7b-q4_K_M",
        "chat:*,                            chat",
        "chat:7b*,                          chat:7b-cloud",
        "*coder*,                           qwen2.5-coder:32b",
        "a*b*c,                             aXbXbc:tag",
        "*.5,                               qwen2.5:7b",
        "org/*,                             org/anything:tag",
        "*/*,                               org/anything:tag",
        "*/chat,                            org/chat",
        "my*/chat,                          mycorp/chat",
        "hf.co/*/*,                         hf.co/user/repo:Q8_0",
        "hf.co/bartowski/*,                 HF.co/Bartowski/Llama-3.2-3B-GGUF:Q4_K_M",
        "registry.ollama.ai/library/*:*,    chat:7b",
        "registry.ollama.ai/*/*,            org/m:t",
        "*/*/*,                             host:5000/ns/m",
        "host:5000/ns/m,                    host:5000/ns/m",
        "host:*/ns/*,                       host:5000/ns/m:t",
        "*.corp.example/*/*,                models.corp.example/team/m"
    })
    void pattern_matchesTheNamesItMeans(String pattern, String raw) {
        assertThat(matches(pattern, raw)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "chat,                              chat:7b",
        "chat,                              chat2",
        "chat,                              org/chat",
        "chat,                              hf.co/library/chat",
        "llama3*,                           llama2",
        "llama3*,                           org/llama3",
        "llama3*:latest,                    llama3.2:1b",
        "llama3*,                           xllama3",
        "*:7b,                              mistral:7b-q4",
        "*coder,                            coder-x",
        "org/*,                             chat",
        "org/*,                             hf.co/org/chat",
        "*/*,                               hf.co/org/chat",
        "my*/chat,                          other/chat",
        "hf.co/*/*,                         huggingface.co/a/b",
        "hf.co/*/*,                         hf.co:443/a/b",
        "hf.co/*/*,                         chat",
        "registry.ollama.ai/*/*,            registry.ollama.ai:443/library/chat",
        "host:5000/ns/m,                    host:5001/ns/m",
        "*.corp.example/*/*,                evilcorp.example/team/m"
    })
    void pattern_leavesOutAllOthers(String pattern, String raw) {
        assertThat(matches(pattern, raw)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "/",
                "chat:",
                ":7b",
                "/chat",
                "org/",
                "chat ",
                " chat",
                "ch at",
                "chat:cloud",
                "*:cloud",
                "chat:LOCAL",
                "chat:7b-cloud",
                "*:*-Cloud",
                "**",
                "llama**",
                "**/chat",
                "chat?",
                "[a-z]",
                "chat@sha256",
                "chät*",
                "https://ollama.com/library/chat",
                "-chat",
                ".chat",
                "chat:-x",
                "a:b:c",
                "a:b/c",
                "a/b/c/d",
                "*/*/*/*",
                // A registry needs a namespace.
                "hf.co/*",
                "hf.co/repo",
                "host:5000/m",
                "*.co/*",
                "a.b/*/c/d"
            })
    void patternThatNoNameCanMatch_isNone(String pattern) {
        assertThat(ModelPattern.compile(pattern)).isNull();
    }

    @Test
    void patternOfPartsThatAreTooLong_isNone() {
        assertThat(ModelPattern.compile("x".repeat(80) + '*')).isNotNull();
        assertThat(ModelPattern.compile("x".repeat(81) + '*')).isNull();
        // The star must stand for one character at least, since no part begins with a dash.
        assertThat(ModelPattern.compile("*-" + "x".repeat(78))).isNotNull();
        assertThat(ModelPattern.compile("*-" + "x".repeat(79))).isNull();
        assertThat(ModelPattern.compile("x".repeat(351) + "/*/*")).isNull();
        assertThat(ModelPattern.compile("*x".repeat(251))).isNull();
    }

    @Test
    void toString_isWhatTheOperatorWrote() {
        assertThat(ModelPattern.compile("Library/Llama*")).hasToString("Library/Llama*");
    }

    @Test
    void lettersAreLowered_alsoWhereTheMachineSpeaksTurkish() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("tr-TR"));
        try {
            assertThat(matches("MINI*", "mini:1b")).isTrue();
        } finally {
            Locale.setDefault(before);
        }
    }

    /** What takes a backtracking matcher longer than anybody can wait. */
    @Test
    void manyStars_areMatchedInBoundedSteps() {
        String glob = "*a".repeat(79);
        assertThat(matches(glob + 'b', "a".repeat(80))).isFalse();
        assertThat(matches("*a".repeat(170) + "*b/n/*", "a".repeat(349) + "/n/m"))
                .isFalse();
        assertThat(matches("*a".repeat(80), "a".repeat(80))).isTrue();
    }

    @Test
    void anyPattern_matchesAsARegularExpressionWould() {
        Random random = new Random(4);
        int matches = 0;
        for (int round = 0; round < 100_000; round++) {
            String pattern = word(random, "ab**", 5) + '/' + word(random, "ab**", 5) + ':' + word(random, "ab**", 6);
            String raw = word(random, "ab", 4) + '/' + word(random, "ab", 5) + ':' + word(random, "ab", 6);
            pattern = pattern.replaceAll("[*]+", "*");
            ModelPattern compiled = requireNonNull(ModelPattern.compile(pattern), pattern);
            boolean expected = Pattern.matches(pattern.replace("*", "[^/:]*"), raw);
            assertThat(compiled.matches(name(raw))).as("%s on %s", pattern, raw).isEqualTo(expected);
            matches += expected ? 1 : 0;
        }
        assertThat(matches).isGreaterThan(1_000);
    }

    private static String word(Random random, String letters, int longest) {
        StringBuilder word = new StringBuilder();
        for (int i = random.nextInt(longest); i >= 0; i--) {
            word.append(letters.charAt(random.nextInt(letters.length())));
        }
        return word.toString();
    }

    private static boolean matches(String pattern, String raw) {
        return requireNonNull(ModelPattern.compile(pattern), pattern).matches(name(raw));
    }

    private static ModelName name(String raw) {
        return requireNonNull(ModelName.parse(raw), raw);
    }
}
