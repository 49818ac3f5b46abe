package dev.corral.core.body;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever is accepted, Go reads the same model in it as policy saw. */
final class MultipartFuzzTest {
    private static final int FORMS = 60_000;

    @Test
    void acceptedForm_hasForGoTheModelThatPolicySaw() {
        FormGenerator generator = new FormGenerator(20261122);
        int accepted = 0;
        int onlyGo = 0;
        for (int i = 0; i < FORMS; i++) {
            FormGenerator.Form form = generator.next();
            String verdict = Forms.verdict(form.type(), form.body());
            String go = GoForm.model(form.type(), form.body());
            if (verdict.startsWith("model ")) {
                accepted++;
                assertThat(go == null ? null : utf8(go))
                        .as("form %d: %s%n%s", i, form.type(), form.body())
                        .isEqualTo(verdict.substring("model ".length()));
            } else if (go != null && !go.isEmpty()) {
                onlyGo++;
            }
        }
        assertThat(accepted).as("the generator makes enough good forms").isGreaterThan(FORMS / 20);
        assertThat(onlyGo).as("and enough that only Go takes").isGreaterThan(FORMS / 20);
    }

    @Test
    void randomPieces_giveTheVerdictOfTheWhole() {
        FormGenerator generator = new FormGenerator(7);
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            FormGenerator.Form form = generator.next();
            String body = form.body();
            int first = random.nextInt(body.length() + 1);
            int second = first + random.nextInt(body.length() - first + 1);
            assertThat(Forms.verdict(
                            form.type(),
                            List.of(body.substring(0, first), body.substring(first, second), body.substring(second))))
                    .as("form %d: %s%n%s", i, form.type(), body)
                    .isEqualTo(Forms.verdict(form.type(), body));
        }
    }

    private static String utf8(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
