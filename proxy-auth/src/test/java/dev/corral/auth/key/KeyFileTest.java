package dev.corral.auth.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.auth.TestClock;
import dev.corral.auth.limit.LimitKind;
import dev.corral.auth.limit.LimitSet;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFileTest {
    private static final Path FILE = Path.of("keys.json");
    private static final String HEX = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    private static final String SECRETS = "\"secrets\":[{\"sha256\":\"" + HEX + "\"}]";
    private static final String BOB =
            "{\"id\":\"bbbbbbbb\",\"name\":\"bob\",\"role\":\"user\",\"created\":\"2026-11-22T10:00:00Z\"," + SECRETS
                    + "}";

    private static KeyRing read(String text) throws IOException, KeyStoreException {
        return KeyFileReader.read(FILE.toString(), new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** A file whose second line is the key to try and whose third is a good one. */
    private static KeyRing readKey(String key) throws IOException, KeyStoreException {
        return read("{\"version\":1,\"keys\":[\n" + key + ",\n" + BOB + "\n]}\n");
    }

    private static String alice(String more) {
        return "{\"id\":\"aaaaaaaa\",\"name\":\"alice\",\"role\":\"user\",\"created\":\"2026-11-22T10:00:00Z\","
                + SECRETS + more + "}";
    }

    private static void assertBad(ThrowingRead read, String where, String expected) {
        assertThatThrownBy(read::run)
                .asInstanceOf(InstanceOfAssertFactories.type(KeyStoreException.class))
                .satisfies(e -> {
                    assertThat(e.kind()).isEqualTo(KeyStoreException.Kind.BAD_FILE);
                    assertThat(e).hasMessageStartingWith("keys.json " + where).hasMessageContaining(expected);
                    assertThat(e).hasMessageContaining("(expected: ").hasMessageNotContaining(HEX);
                    assertThat(e.getCause()).isNull();
                });
    }

    private interface ThrowingRead {
        void run() throws Exception;
    }

    @Test
    void everyField_survivesWritingAndReading() throws Exception {
        KeyRecord full = new KeyRecord(
                "aaaaaaaa",
                "J\u00FCrgen \"the\" \\ \u6771\u4EAC \uD83D\uDE00",
                "lab-2",
                TestClock.START,
                Instant.parse("2027-01-01T00:00:00.123Z"),
                Instant.parse("2026-12-24T18:00:00Z"),
                new LimitSet(Map.of(LimitKind.TOKENS_PER_DAY, 100_000L, LimitKind.CONCURRENCY, LimitSet.UNLIMITED)),
                List.of(new KeySecret(new byte[32], null), new KeySecret(new byte[32], Instant.EPOCH)));
        KeyRecord least = new KeyRecord(
                "bbbbbbbb", "b", "user", TestClock.START, null, null, List.of(new KeySecret(new byte[32], null)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        KeyFileWriter.write(List.of(full, least), out);
        String text = out.toString(StandardCharsets.UTF_8);
        assertThat(text.lines()).hasSize(4);
        assertThat(text)
                .startsWith("{\"version\":1,\"keys\":[\n{\"id\":\"aaaaaaaa\"")
                .contains("\"limits\":{\"tokens-per-day\":100000,\"concurrency\":\"none\"},\"secrets\"")
                .containsOnlyOnce("limits")
                .endsWith("}\n]}\n");

        List<KeyRecord> read = read(text).records();
        assertThat(read).usingRecursiveComparison().isEqualTo(List.of(full, least));
    }

    @Test
    void noKeys_isAFileToo() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        KeyFileWriter.write(List.of(), out);
        assertThat(read(out.toString(StandardCharsets.UTF_8)).isEmpty()).isTrue();
        assertThat(read("{\"version\":1,\"keys\":[]}").isEmpty()).isTrue();
    }

    @Test
    void handWrittenFile_mayUseAnyLayoutAndOrderOfFields() throws Exception {
        KeyRing ring = read("{ \"version\" : 1,\n\"keys\" : [ { " + SECRETS + ",\n\"created\":\"2026-11-22T10:00:00Z\","
                + "\"role\":\"user\",\"name\":\"alice\",\n\"id\":\"aaaaaaaa\" } ] }");
        assertThat(ring.byId("aaaaaaaa")).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                     | line 1 | the end of the file",
                "[]                                     | line 1 | a list",
                "{}                                     | line 1 | \"version\" is not here",
                "{\"keys\":[]}                          | line 1 | \"version\" is not here",
                "{\"version\":2,\"keys\":[]}            | line 1 | a newer Corral",
                "{\"version\":1.0,\"keys\":[]}          | line 1 | a number",
                "{\"version\":99999999999999999999}     | line 1 | not valid JSON",
                "{\"version\":\"1\"}                    | line 1 | a string",
                "{\"version\":1}                        | line 1 | \"keys\" is not here",
                "{\"version\":1,\"keys\":{}}            | line 1 | an object",
                "{\"version\":1,\"keys\":[],\"x\":1}    | line 1 | something else",
                "{\"version\":1,\"keys\":[]} {}         | line 1 | text after the end",
                "{\"version\":1,\"keys\":[              | line 1 | not valid JSON",
                "{\"version\":1,\"keys\":[1]}           | line 1 | a number",
                "{\"version\":1,\"keys\":[null]}        | line 1 | null",
                "{\"version\":1,\"keys\":[[[[[[[[[[]    | line 1 | a list",
                "crl_aaaaaaaa_secret                    | line 1 | not valid JSON"
            })
    void notAKeyFile_isRefused(String text, String where, String expected) {
        assertBad(() -> read(text), where, expected);
    }

    @Test
    void limits_areNumbersOrNone() throws Exception {
        String limits = ",\"limits\":{\"requests-per-minute\":30,\"burst\":10,\"tokens-per-minute\":\"20k\","
                + "\"tokens-per-month\":\"none\",\"gpu-seconds-per-day\":3600}";
        KeyRecord key = readKey(alice(limits)).byId("aaaaaaaa");
        assertThat(key).isNotNull();
        assertThat(key.limits())
                .isEqualTo(new LimitSet(Map.of(
                        LimitKind.REQUESTS_PER_MINUTE,
                        30L,
                        LimitKind.BURST,
                        10L,
                        LimitKind.TOKENS_PER_MINUTE,
                        20_000L,
                        LimitKind.TOKENS_PER_MONTH,
                        LimitSet.UNLIMITED,
                        LimitKind.GPU_SECONDS_PER_DAY,
                        3600L)));
        assertThat(readKey(alice("")).byId("aaaaaaaa"))
                .extracting(KeyRecord::limits)
                .isEqualTo(LimitSet.NONE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5                                  | \"limits\": a number",
                "null                               | \"limits\": null",
                "[]                                 | \"limits\": a list",
                "{\"tokens\":5}                     | unknown field \"tokens\"",
                "{\"Burst\":5}                      | unknown field \"Burst\"",
                "{\"burst\":0}                      | \"burst\": not a limit",
                "{\"burst\":-1}                     | \"burst\": not a limit",
                "{\"burst\":1.5}                    | \"burst\": a number",
                "{\"burst\":1e3}                    | \"burst\": a number",
                "{\"burst\":99999999999999999999}   | \"burst\": not a limit",
                "{\"burst\":\"many\"}               | \"burst\": not a limit",
                "{\"burst\":null}                   | \"burst\": null",
                "{\"burst\":true}                   | \"burst\": true or false",
                "{\"burst\":{}}                     | \"burst\": an object",
                "{\"burst\":1,\"burst\":2}          | \"burst\" appears twice",
                "{},\"limits\":{}                   | \"limits\" appears twice",
            })
    void badLimit_isNamedWithItsLine(String limits, String expected) {
        assertBad(() -> readKey(alice(",\"limits\":" + limits)), "line 2: ", expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                ",\"limit\":5                          | unknown field \"limit\"",
                ",\"Expires\":\"2026-11-22T10:00:00Z\" | unknown field \"Expires\"",
                ",\"a\\u0000\\u202Eb\":1               | unknown field \"a??b\"",
                ",\"expires\":null                     | \"expires\": null",
                ",\"expires\":1764000000               | \"expires\": a number",
                ",\"expires\":\"\"                     | \"expires\": not such a time",
                ",\"expires\":\"2026-13-01T00:00:00Z\" | \"expires\": not such a time",
                ",\"expires\":\"+1000000000-12-31T23:59:59Z\" | \"expires\": not such a time",
                ",\"expires\":\"1969-12-31T23:59:59Z\" | \"expires\": not such a time",
                ",\"revoked\":true                     | \"revoked\": true or false",
                ",\"revoked\":\"2026-11-22T10:00:00Z\",\"revoked\":\"2026-11-22T10:00:00Z\" | \"revoked\" appears twice",
                ",\"id\":\"cccccccc\"                  | \"id\" appears twice",
                ",\"secrets\":[]                       | \"secrets\": none"
            })
    void badFieldOfAKey_isNamedWithItsLine(String more, String expected) {
        assertBad(() -> readKey(alice(more)), "line 2: ", expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "aaaaaaaa | aaaaaaa    | \"id\": not an id",
                "aaaaaaaa | ../../etc  | \"id\": not an id",
                "alice    | ''         | \"name\": not a name",
                "alice    | a\\u0007b  | \"name\": not a name",
                "alice    | e\\u0301   | \"name\": not a name",
                "aaaaaaaa | bbbbbbbb   | \"id\" bbbbbbbb appears a second time",
                "alice    | bob        | \"name\" \"bob\" appears a second time",
                "user     | ' user'    | \"role\": not a name",
                "2026-11-22T10:00:00Z | yesterday | \"created\": not such a time",
                "ff\"     | fff\"      | \"sha256\": not a digest",
                "ff\"     | fg\"       | \"sha256\": not a digest",
                "sha256   | md5        | unknown field \"md5\"",
                "\"role\":\"user\",        | ''      | no \"role\"",
                "\"id\":\"aaaaaaaa\",      | ''      | no \"id\"",
                "\"name\":\"alice\",       | ''      | no \"name\"",
                "\"created\":\"2026-11-22T10:00:00Z\", | '' | no \"created\""
            })
    void changedKey_isRefused(String old, String replacement, String expected) {
        String key = alice("").replace(old, replacement);
        assertThat(key).isNotEqualTo(alice(""));
        assertBad(() -> readKey(key), "line ", expected);
    }

    @Test
    void keyWithoutSecretsOrDigest_isRefused() {
        assertBad(() -> readKey(alice("").replace("," + SECRETS, "")), "line 2", "no \"secrets\"");
        assertBad(() -> readKey(alice("").replace("\"sha256\":\"" + HEX + "\"", "")), "line 2", "no \"sha256\"");
        String nine = ("{\"sha256\":\"" + HEX + "\"},").repeat(9);
        String key = alice("").replace("{\"sha256\":\"" + HEX + "\"}", nine.substring(0, nine.length() - 1));
        assertBad(() -> readKey(key), "line 2", "too many");
    }

    @Test
    void revokedKey_freesItsName() throws Exception {
        String revoked = BOB.replace("bbbbbbbb", "cccccccc")
                .replace(",\"secrets\"", ",\"revoked\":\"2026-11-22T10:00:00Z\",\"secrets\"");
        assertThat(readKey(revoked).size()).isEqualTo(2);
    }

    @Test
    void endlessText_isRefusedBeforeItIsHeld() {
        assertBad(() -> readKey(alice("").replace("alice", "a".repeat(100_000))), "line 2", "not valid JSON");
        assertBad(() -> readKey(alice(",\"" + "f".repeat(100_000) + "\":1")), "line 2", "not valid JSON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uFEFF", "\u0000", "\u00FF"})
    void foreignBytesInFront_areNoReasonToCrash(String prefix) throws Exception {
        try {
            assertThat(read(prefix + "{\"version\":1,\"keys\":[]}").isEmpty()).isTrue();
        } catch (KeyStoreException e) {
            assertThat(e.kind()).isEqualTo(KeyStoreException.Kind.BAD_FILE);
        }
    }

    @Test
    void everyTruncation_isRefused() throws Exception {
        String whole = "{\"version\":1,\"keys\":[\n" + BOB + "\n]}";
        assertThat(read(whole).size()).isEqualTo(1);
        for (int length = 0; length < whole.length(); length++) {
            String part = whole.substring(0, length);
            assertThatThrownBy(() -> read(part)).as(part).isInstanceOf(KeyStoreException.class);
        }
    }
}
