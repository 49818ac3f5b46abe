package dev.corral.core.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Go itself reads the generated forms: it and {@link GoForm} agree, and it reads what was accepted as policy did. */
final class GoFormIT {
    private static final int FORMS = 40_000;
    private static final Path PROGRAM = Path.of("src/test/go/multipart");

    @TempDir
    Path folder;

    private record Reading(String type, String body, String expected) {}

    @Test
    void go_readsFormsAsTheModelOfItDoes_andAcceptedOnesAsPolicyDid() throws IOException, InterruptedException {
        assumeTrue(hasGo(), "go is not installed");
        List<Reading> readings = readings();
        Path in = folder.resolve("in");
        Files.write(
                in,
                readings.stream()
                        .map(reading -> base64(reading.type()) + ' ' + base64(reading.body()))
                        .toList());
        List<String> said = run(in);

        assertThat(said).hasSameSizeAs(readings);
        for (int i = 0; i < said.size(); i++) {
            Reading reading = readings.get(i);
            assertThat(said.get(i))
                    .as("%d: %s%n%s", i, reading.type(), reading.body())
                    .isEqualTo(reading.expected());
        }
    }

    // What GoForm says; where the scanner accepts, what the scanner says.
    private static List<Reading> readings() {
        List<Reading> readings = new ArrayList<>();
        Forms.ofRealClients().values().forEach(form -> readings.add(reading(form.get(0), form.get(1))));
        Forms.asOtherClientsWrite().values().forEach(form -> readings.add(reading(form.get(0), form.get(1))));
        FormGenerator generator = new FormGenerator(1);
        while (readings.size() < FORMS) {
            FormGenerator.Form form = generator.next();
            String go = GoForm.model(form.type(), form.body());
            // How Go decodes it is no matter: no such part is ever accepted.
            if (go == null || !go.startsWith("quoted-printable ")) {
                readings.add(reading(form.type(), form.body()));
            }
        }
        return readings;
    }

    private static Reading reading(String type, String body) {
        String verdict = Forms.verdict(type, body);
        if (verdict.startsWith("model ")) {
            String utf8 = new String(
                    verdict.substring("model ".length()).getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            return new Reading(type, body, "model " + base64(utf8));
        }
        String go = GoForm.model(type, body);
        return new Reading(type, body, go == null ? "refused" : "model " + base64(go));
    }

    private static String base64(String bytes) {
        return Base64.getEncoder().encodeToString(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static boolean hasGo() throws InterruptedException {
        try {
            return new ProcessBuilder("go", "version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private List<String> run(Path in) throws IOException, InterruptedException {
        Path program = folder.resolve("goform");
        Path out = folder.resolve("out");
        finish(new ProcessBuilder("go", "build", "-o", program.toString(), ".").directory(PROGRAM.toFile()));
        finish(new ProcessBuilder(program.toString()).redirectInput(in.toFile()).redirectOutput(out.toFile()));
        return Files.readAllLines(out);
    }

    private static void finish(ProcessBuilder program) throws IOException, InterruptedException {
        program.environment().put("GOTOOLCHAIN", "local");
        Process process = program.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        boolean ended = process.waitFor(3, TimeUnit.MINUTES);
        if (!ended) {
            process.destroyForcibly();
        }
        assertThat(ended).as("%s ends", program.command()).isTrue();
        assertThat(process.exitValue()).as("%s", program.command()).isZero();
    }
}
