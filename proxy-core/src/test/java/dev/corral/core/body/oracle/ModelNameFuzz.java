package dev.corral.core.body.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.corral.core.policy.ModelName;
import java.nio.charset.StandardCharsets;

/** A name that Corral reads is the same name to Ollama. */
final class ModelNameFuzz {
    @FuzzTest
    @DictionaryEntries({
        ":latest",
        ":cloud",
        ":local",
        "-cloud",
        "registry.ollama.ai/",
        "library/",
        "://",
        "\\xC2\\xA0",
        "\\xE2\\x80\\x83"
    })
    void name_isTheSameToOllama(byte[] input) {
        String raw = new String(input, StandardCharsets.UTF_8);
        ModelName name = ModelName.parse(raw);
        if (name != null) {
            assertThat(name).isEqualTo(GoModelName.read(raw));
            assertThat(ModelName.parse(name.shortest()))
                    .isNotNull()
                    .extracting(ModelName::key)
                    .isEqualTo(name.key());
        }
    }
}
