package dev.corral.core.body;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Forms that a fuzzer finds: what is accepted names the same model to Go, in whatever pieces it comes. */
final class FormFuzz {
    /**
     * One form with the boundary {@code b0}.
     *
     * @param input a byte that chooses where the form is cut in two, and the form
     */
    @FuzzTest
    @DictionaryEntries({
        "--b0\\x0D\\x0A",
        "--b0--",
        "\\x0D\\x0A--b0",
        "Content-Disposition: form-data; name=\"model\"",
        "\\x0D\\x0A\\x0D\\x0A",
        "filename=",
        "name=model",
        "Content-Length: 3",
        "name*=",
        "\\\"",
        "\\x0A",
        "Content-Transfer-Encoding: quoted-printable"
    })
    void form_namesTheSameModelToGo(byte[] input) {
        if (input.length == 0) {
            return;
        }
        // One character for each byte.
        String form = new String(input, 1, input.length - 1, StandardCharsets.ISO_8859_1);
        int cut = (input[0] & 0xFF) * form.length() / 255;
        String verdict = Forms.verdict(Forms.TYPE, form);
        assertThat(Forms.verdict(Forms.TYPE, List.of(form.substring(0, cut), form.substring(cut))))
                .isEqualTo(verdict);
        if (verdict.startsWith("model ")) {
            String go = String.valueOf(GoForm.model(Forms.TYPE, form));
            assertThat(new String(go.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
                    .isEqualTo(verdict.substring("model ".length()));
        }
    }
}
