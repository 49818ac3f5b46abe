package dev.corral.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.policy.ModelName.Source;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** By the semantics of Ollama's internal/modelref/modelref.go and types/model/name.go. */
class ModelNameTest {
    private static final String CHAT = "registry.ollama.ai/library/chat:latest";
    private static final String PART_80 = "8".repeat(80);
    private static final String HOST_350 = "3".repeat(350);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "chat",
                "CHAT",
                "Chat:Latest",
                "library/chat",
                "LIBRARY/chat",
                "registry.ollama.ai/library/chat",
                "Registry.Ollama.AI/library/chat:latest",
                "chat:local",
                "chat:LOCAL",
                "chat:latest:local",
                "chat:cloud",
                "chat:latest-cloud",
                "library/chat:latest:cloud"
            })
    void spellingsOfOneModel_areOneKey(String raw) {
        assertThat(key(raw)).isEqualTo(CHAT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "registry.ollama.ai:443/library/chat",
                "registry.ollama.ai./library/chat",
                "chat:7b",
                "chat2",
                "org/chat",
                "hf.co/library/chat",
                "chat-cloud",
                "chat:latestcloud",
                "chat-local"
            })
    void otherModels_areOtherKeys(String raw) {
        assertThat(key(raw)).isNotNull().isNotEqualTo(CHAT);
    }

    @ParameterizedTest
    @CsvSource({
        "chat,                                registry.ollama.ai, library,   chat,            latest,                 UNSPECIFIED",
        "llama3.2:1B-Q4_K_M,                  registry.ollama.ai, library,   llama3.2,        1b-q4_k_m,              UNSPECIFIED",
        "dolphin-mistral:7b-v2.6-dpo-q6_K,    registry.ollama.ai, library,   dolphin-mistral, 7b-v2.6-dpo-q6_k,       UNSPECIFIED",
        "org/name:tag,                        registry.ollama.ai, org,       name,            tag,                    UNSPECIFIED",
        "hf.co/user/repo:Q8_0,                hf.co,              user,      repo,            q8_0,                   UNSPECIFIED",
        "host:5000/ns/m,                      host:5000,          ns,        m,               latest,                 UNSPECIFIED",
        "host:5000/ns/m:t,                    host:5000,          ns,        m,               t,                      UNSPECIFIED",
        "host:cloud/ns/m,                     host:cloud,         ns,        m,               latest,                 UNSPECIFIED",
        "host:local/ns/m:cloud,               host:local,         ns,        m,               latest,                 CLOUD",
        "h:x-cloud/ns/m,                      h:x-cloud,          ns,        m,               latest,                 UNSPECIFIED",
        "h:1:2:3/ns/m,                        h:1:2:3,            ns,        m,               latest,                 UNSPECIFIED",
        "host/namespace/model:https,          host,               namespace, model,           https,                  UNSPECIFIED",
        "h/n/m:t,                             h,                  n,         m,               t,                      UNSPECIFIED",
        "_why/_the/_lucky:_stiff,             _why,               _the,      _lucky,          _stiff,                 UNSPECIFIED",
        "gpt-oss:20b:cloud,                   registry.ollama.ai, library,   gpt-oss,         20b,                    CLOUD",
        "gpt-oss:20b-cloud,                   registry.ollama.ai, library,   gpt-oss,         20b,                    CLOUD",
        "gpt-oss:20b-CLOUD,                   registry.ollama.ai, library,   gpt-oss,         20b,                    CLOUD",
        "qwen3:8b:local,                      registry.ollama.ai, library,   qwen3,           8b,                     LOCAL",
        "tiny:Cloud,                          registry.ollama.ai, library,   tiny,            latest,                 CLOUD",
        "tiny:LoCaL,                          registry.ollama.ai, library,   tiny,            latest,                 LOCAL",
        "foo-cloud,                           registry.ollama.ai, library,   foo-cloud,       latest,                 UNSPECIFIED",
        "foo-cloud:cloud,                     registry.ollama.ai, library,   foo-cloud,       latest,                 CLOUD",
        "org/foo-cloud,                       registry.ollama.ai, org,       foo-cloud,       latest,                 UNSPECIFIED",
        "my-cloud-model,                      registry.ollama.ai, library,   my-cloud-model,  latest,                 UNSPECIFIED",
        "x:mycloud,                           registry.ollama.ai, library,   x,               mycloud,                UNSPECIFIED",
        "x:7b-local,                          registry.ollama.ai, library,   x,               7b-local,               UNSPECIFIED",
        "x:cloudy,                            registry.ollama.ai, library,   x,               cloudy,                 UNSPECIFIED",
        "cloud,                               registry.ollama.ai, library,   cloud,           latest,                 UNSPECIFIED",
        "local:local,                         registry.ollama.ai, library,   local,           latest,                 LOCAL",
        "a..b:c..d,                           registry.ollama.ai, library,   a..b,            c..d,                   UNSPECIFIED"
    })
    void names_areSplitAsOllamaSplitsThem(
            String raw, String host, String namespace, String model, String tag, Source source) {
        assertThat(ModelName.parse(raw)).isEqualTo(new ModelName(host, namespace, model, tag, source));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "/",
                "//",
                "//mm",
                "hh//",
                "/nn/mm",
                "n/m:",
                "mm:",
                ":tag",
                ":cloud",
                ":local",
                "a:-cloud",
                "a::cloud",
                "-cloud",
                "^",
                "@",
                "m@d",
                "a@sha256-abc",
                "sha256:",
                "a:b:c",
                "a:b/c",
                "host/name:space/model:tag",
                "registry.ollama.ai/chat",
                "hf.co/repo",
                "name.space/model",
                "a/b/c/d/e",
                "a/b/c/d",
                "foo:bar-cloud/baz",
                "foo:cloud:local",
                "foo:local:cloud",
                "foo:cloud:cloud",
                "foo:local:local",
                "foo:7b-cloud:cloud",
                "foo:7b-cloud:local",
                "foo:cloud-cloud",
                "foo:local-cloud",
                "foo:x-cloud-cloud",
                "-hh/nn/mm:tt",
                "hh/-nn/mm:tt",
                "hh/nn/-mm:tt",
                "hh/nn/mm:-tt",
                ".",
                "..",
                "../x",
                "a/../b",
                "a\\b",
                "a\u0000",
                "a\n",
                "chät",
                // Letters that lower or upper case would make ASCII of.
                "\u212Aimi",
                "mi\u0131ni",
                "M\u0130NI",
                "\u017Fmall",
                "\uFF43hat"
            })
    void whatOllamaRefuses_isNoName(String raw) {
        assertThat(ModelName.parse(raw)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " chat",
                "chat ",
                "\tchat",
                "\u00A0chat",
                "chat\u0085",
                "chat: local",
                "chat:cloud ",
                "https://registry.ollama.ai/library/chat",
                "foo://registry.ollama.ai/library/chat",
                "://registry.ollama.ai/library/chat",
                "foo:///ns/chat"
            })
    void spellingsThatOllamaAloneAccepts_areNoNames(String raw) {
        assertThat(ModelName.parse(raw)).isNull();
    }

    @Test
    void partsOfTheGreatestLength_areNames_oneLongerAreNot() {
        assertThat(ModelName.parse(HOST_350 + "/n/m:t")).isNotNull();
        assertThat(ModelName.parse(HOST_350 + "3/n/m:t")).isNull();
        assertThat(ModelName.parse(PART_80 + "/" + PART_80 + "/" + PART_80 + ":" + PART_80))
                .isNotNull();
        assertThat(ModelName.parse("n" + PART_80 + "/m")).isNull();
        assertThat(ModelName.parse("m" + PART_80)).isNull();
        assertThat(ModelName.parse("m:t" + PART_80)).isNull();
        assertThat(ModelName.parse("m:" + PART_80 + ":cloud")).isNotNull();
        assertThat(ModelName.parse("m:" + PART_80 + "-cloud")).isNotNull();
    }

    @Test
    void moreThan500Characters_areNoName() {
        String start = HOST_350 + '/' + PART_80 + '/';
        assertThat(ModelName.parse(start + "m".repeat(500 - start.length()))).isNotNull();
        assertThat(ModelName.parse(start + "m".repeat(501 - start.length()))).isNull();
        assertThat(ModelName.installed(start + "m".repeat(501 - start.length())))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "model,                                     model:latest",
        "Model:Tag,                                 model:tag",
        "registry.ollama.ai/library/model:tag,      model:tag",
        "registry.ollama.ai/namespace/model,        namespace/model:latest",
        "host/namespace/model:tag,                  host/namespace/model:tag",
        "host/library/model:tag,                    host/library/model:tag",
        "model:7b:cloud,                            model:7b",
        "model:local,                               model:latest"
    })
    void theShortestSpelling_isTheOneOfListings(String raw, String shortest) {
        ModelName name = ModelName.parse(raw);
        assertThat(name).isNotNull();
        assertThat(name.shortest()).isEqualTo(shortest);
        ModelName again = ModelName.parse(shortest);
        assertThat(again).isNotNull();
        assertThat(again.key()).isEqualTo(name.key());
    }

    @ParameterizedTest
    @CsvSource({
        "chat:latest,            registry.ollama.ai/library/chat:latest",
        "gpt-oss:20b-cloud,      registry.ollama.ai/library/gpt-oss:20b-cloud",
        "Gpt-Oss:cloud,          registry.ollama.ai/library/gpt-oss:cloud",
        "x:local,                registry.ollama.ai/library/x:local",
        "host:5000/ns/m,         host:5000/ns/m:latest",
        "a:b:cloud,",
        "a b,",
        "a/b/c/d,"
    })
    void theNameOfAnInstalledModel_keepsItsTag(String shown, @Nullable String key) {
        ModelName name = ModelName.installed(shown);
        assertThat(name == null ? null : name.key()).isEqualTo(key);
    }

    @Test
    void lettersAreLowered_alsoWhereTheMachineSpeaksTurkish() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("tr-TR"));
        try {
            assertThat(key("MINI:I-CLOUD")).isEqualTo("registry.ollama.ai/library/mini:i");
        } finally {
            Locale.setDefault(before);
        }
    }

    /** Another way to say the same grammar; strings made of its pieces, so that many of them are names. */
    @Test
    void anyString_isReadAsTheGrammarSays() {
        Random random = new Random(3);
        String[] pieces = {
            "a",
            "B",
            "_",
            "-",
            ".",
            ":",
            "/",
            "//",
            "://",
            "cloud",
            "Local",
            "-cloud",
            "-CLOUD",
            ":cloud",
            ":local",
            "latest",
            "7b",
            " ",
            "\u00A0",
            "é",
            "host:5000/",
            "ns/",
            "x".repeat(79),
            "y".repeat(170),
            "*",
            "@"
        };
        int names = 0;
        for (int round = 0; round < 200_000; round++) {
            StringBuilder raw = new StringBuilder();
            for (int i = random.nextInt(8); i >= 0; i--) {
                raw.append(pieces[random.nextInt(pieces.length)]);
            }
            String text = raw.toString();
            ModelName expected = Grammar.read(text);
            assertThat(ModelName.parse(text)).as(text).isEqualTo(expected);
            names += expected == null ? 0 : 1;
        }
        assertThat(names).isGreaterThan(10_000);
    }

    private static @Nullable String key(String raw) {
        ModelName name = ModelName.parse(raw);
        return name == null ? null : name.key();
    }

    /** The same by regular expressions. */
    private static final class Grammar {
        private static final Pattern SUFFIX = Pattern.compile("(?i)(.*):(cloud|local)|(.*:[^/:]*)-(cloud)");
        private static final Pattern NAME = Pattern.compile("(?:(?:([A-Za-z0-9_][A-Za-z0-9_.:-]{0,349})/)?"
                + "([A-Za-z0-9_][A-Za-z0-9_-]{0,79})/)?"
                + "([A-Za-z0-9_][A-Za-z0-9_.-]{0,79})"
                + "(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,79}))?");

        static @Nullable ModelName read(String raw) {
            Matcher suffix = SUFFIX.matcher(raw);
            String base = raw;
            Source source = Source.UNSPECIFIED;
            if (suffix.matches()) {
                boolean legacy = suffix.group(1) == null;
                base = suffix.group(legacy ? 3 : 1);
                source = legacy ? Source.CLOUD : Source.valueOf(suffix.group(2).toUpperCase(Locale.ROOT));
                if (SUFFIX.matcher(base).matches()) {
                    return null;
                }
            }
            Matcher name = NAME.matcher(base);
            if (!name.matches() || raw.length() > 500) {
                return null;
            }
            return new ModelName(
                    part(name.group(1), "registry.ollama.ai"),
                    part(name.group(2), "library"),
                    part(name.group(3), ""),
                    part(name.group(4), "latest"),
                    source);
        }

        private static String part(@Nullable String found, String byDefault) {
            return found == null ? byDefault : found.toLowerCase(Locale.ROOT);
        }
    }
}
