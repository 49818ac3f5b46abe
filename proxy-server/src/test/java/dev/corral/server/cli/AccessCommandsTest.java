package dev.corral.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessCommandsTest {
    private static final String KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
    private static final String FINGERPRINT = "SHA256:lbmsoA0yIEcEiVDRnMWuzm+nV+3ZEEpVIURqFoeSspg";
    private static final String OTHER = "AAAAC3NzaC1lZDI1NTE5AAAAIMaUcwOlLXa5UIPFtp2zwi6LdebQFG/zJYpPnDvOMyAk";

    @TempDir
    Path home;

    private CommandRun keys(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "keys";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return CommandRun.of(home, all);
    }

    private JsonNode show(String name) throws IOException {
        return JsonMapper.builder()
                .build()
                .readTree(keys("show", name, "--format", "json").out());
    }

    private void pending(String... keys) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (String key : keys) {
            lines.append(lines.length() == 0 ? "" : ",\n")
                    .append("{\"key\":\"")
                    .append(key)
                    .append("\",\"address\":\"192.0.2.7\",\"first\":\"2026-11-22T10:00:00.123Z\",\"last\":\"")
                    .append(Instant.parse("2026-11-22T11:00:00Z"))
                    .append("\",\"requests\":3}");
        }
        Files.createDirectories(home.resolve("corral"));
        Files.writeString(
                home.resolve("corral/pending-keys.json"), "{\"version\":1,\"pending\":[\n" + lines + "\n]}\n");
    }

    @Test
    void sshKeyOfAnUnknownName_makesAKeyWithoutSecret() throws IOException {
        CommandRun run = keys("add-ssh", "alice", "ssh-ed25519 " + KEY + " alice@laptop", "--role", "admin");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("ssh key " + FINGERPRINT)
                .contains("OLLAMA_AUTH=1 and OLLAMA_HOST=http://127.0.0.1:11435")
                .contains(
                        "\"alice\" with role admin, without a secret, good for ever; it opens with ssh, from anywhere");
        JsonNode alice = show("alice");
        assertThat(alice.path("secrets").asInt()).isZero();
        assertThat(alice.path("ssh").get(0).asText()).isEqualTo(FINGERPRINT);
        assertThat(alice.path("role").asText()).isEqualTo("admin");
        assertThat(keys("list").out()).matches("[0-9A-Za-z]{8}\talice\tadmin\tactive\t[^\t]+\tnever\n");
        assertThat(keys("list", "--format", "table").out())
                .contains("EXPIRES  WITH  FROM\n", "never    ssh   anywhere\n");
        assertThat(keys("show", "alice").out()).contains("secrets\t0\nssh\t" + FINGERPRINT + "\n");
        assertThat(keys("rotate", "alice").err()).contains("\"alice\"; it had no secret before, in ");
    }

    @Test
    void ownAuthority_isNamedToOwnersOfSshKeys() throws IOException {
        Files.writeString(home.resolve("corral.yaml"), "tls: local\n");
        assertThat(keys("add-ssh", "alice", KEY).err())
                .contains(
                        "OLLAMA_HOST=https://127.0.0.1:11435, and SSL_CERT_FILE=corral-ca.pem, which corral trust --pem");
    }

    @Test
    void sshKeyOfAKnownName_isAddedToItsKey() throws IOException {
        keys("create", "alice");
        assertThat(keys("add-ssh", "alice", KEY).err()).contains("Added to key ", "it opens with secret, ssh, from");
        assertThat(keys("add-ssh", "alice", KEY).exitCode()).isZero();
        assertThat(keys("add-ssh", "alice", "ssh-ed25519", OTHER, "unquoted", "comment")
                        .exitCode())
                .isZero();
        assertThat(show("alice").path("ssh")).hasSize(2);
        assertThat(show("alice").path("secrets").isInt()).isTrue();
        assertThat(show("alice").path("secrets").asInt()).isEqualTo(1);
        assertThat(keys("show", "alice").out()).contains("secrets\t1\nssh\t");
        CommandRun refused = keys("add-ssh", "alice", KEY, "--role", "admin");
        assertThat(refused.exitCode()).isEqualTo(64);
        assertThat(refused.err()).contains("--role: key ", "is there already (only where the key is new)");
    }

    @Test
    void revokedKey_freesNameAndSshKey() throws IOException {
        keys("add-ssh", "alice", KEY);
        CommandRun taken = keys("add-ssh", "bob", KEY);
        assertThat(taken.exitCode()).isEqualTo(73);
        assertThat(taken.err()).contains(FINGERPRINT + " belongs to key ", "\"alice\" already (expected: another");
        keys("revoke", "alice");
        assertThat(keys("add-ssh", "alice", KEY).err()).contains("Created key ");
        assertThat(show("alice").path("state").asText()).isEqualTo("active");
    }

    @Test
    void fileAndStandardInput_mayHaveCommentsAndOptions() throws IOException {
        Path file = home.resolve("keys");
        Files.writeString(
                file,
                "# of the lab\n\nno-pty,environment=\"A=b, \\\"c\" ssh-ed25519\t" + KEY + " alice @ lab\n"
                        + "ssh-ed25519 " + OTHER + "\n");
        assertThat(keys("add-ssh", "alice", file.toString()).exitCode()).isZero();
        assertThat(show("alice").path("ssh")).hasSize(2);
        keys("revoke", "alice");
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream(("ssh-ed25519 " + KEY).getBytes(StandardCharsets.UTF_8)));
            assertThat(keys("add-ssh", "bob", "-").exitCode()).isZero();
        } finally {
            System.setIn(before);
        }
        assertThat(show("bob").path("ssh")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ssh-rsa AAAAB3NzaC1yc2E= a@b              | \"ssh-rsa\", which the ollama command cannot sign with",
                "sk-ssh-ed25519@openssh.com AAAA           | \"sk-ssh-ed25519@openssh.com\", which the ollama",
                "ecdsa-sha2-nistp256 AAAA                  | \"ecdsa-sha2-nistp256\", which the ollama",
                "ssh-ed25519 AAAA                          | has no Ed25519 key: \"AAAA\"",
                "ssh-ed25519                               | has no Ed25519 key",
                "from=\"10.0.0.0/8\" ssh-ed25519 KEY       | option from=",
                "cert-authority ssh-ed25519 KEY            | \"cert-authority\", which is no option that can be left out",
                "command=\"x\" ssh-ed25519 KEY             | \"command\", which is no option",
                "expiry-time=\"20270101\" ssh-ed25519 KEY  | \"expiry-time\", which is no option",
                "-----BEGIN OPENSSH PRIVATE KEY-----       | is a private key, which must never leave",
                "# nothing                                 | has no key",
                "hello                                     | \"hello\", which is no option",
            })
    void whatIsNoKeyOfTheOllamaCommand_isRefused(String line, String message) throws IOException {
        Path file = home.resolve("key.pub");
        Files.writeString(file, line.replace("KEY ", KEY + " ").replaceAll("KEY$", KEY) + "\n");
        CommandRun run = keys("add-ssh", "alice", file.toString());
        assertThat(run.exitCode()).isEqualTo(64);
        assertThat(run.err()).contains(message).contains("(expected: ");
        assertThat(keys("list").out()).isEmpty();
    }

    @Test
    void noSuchFile_isNamed() {
        CommandRun run = keys("add-ssh", "alice", home.resolve("nope.pub").toString());
        assertThat(run.exitCode()).isEqualTo(64);
        assertThat(run.err()).contains("nope.pub\" does not exist");
    }

    @Test
    void certificates_areAddedByNameOrFileAndRemoved() throws IOException {
        assertThat(keys("add-certificate", "ci", "subject:cn=ci, o=Lab").err())
                .contains("certificate subject:CN=ci,O=Lab");
        assertThat(keys("add-certificate", "ci", "san:CI@lab.example").exitCode())
                .isZero();
        assertThat(show("ci").path("certificates")).hasSize(2);
        CommandRun bad = keys("add-certificate", "ci", "spki:sha256:00");
        assertThat(bad.exitCode()).isEqualTo(64);
        assertThat(bad.err()).contains("(expected: spki:sha256:<64 hex");
        Path file = home.resolve("x.pem");
        Files.writeString(file, "no certificate");
        assertThat(keys("add-certificate", "ci", file.toString()).exitCode()).isEqualTo(65);

        assertThat(keys("remove-credential", "ci", "san:ci@LAB.example").exitCode())
                .isZero();
        assertThat(show("ci").path("certificates")).hasSize(1);
        CommandRun last = keys("remove-credential", "ci", "subject:CN=ci,O=Lab");
        assertThat(last.exitCode()).isEqualTo(64);
        assertThat(last.err()).contains("could be used by nobody then");
        assertThat(keys("remove-credential", "ci", FINGERPRINT).err())
                .contains("(expected: one of subject:CN=ci,O=Lab)");
        assertThat(keys("add-ssh", "ci", KEY).exitCode()).isZero();
        assertThat(keys("remove-credential", "ci", "SHA256:no").err())
                .contains("(expected: one of " + FINGERPRINT + ", subject:CN=ci,O=Lab)");
    }

    @Test
    void allowFrom_isSaidShownAndTakenBack() throws IOException {
        assertThat(keys("create", "alice", "--allow-from", "10.0.0.0/8,192.0.2.1", "--allow-from", "2001:db8::/32")
                        .exitCode())
                .isZero();
        assertThat(show("alice").path("allow_from").toString())
                .isEqualTo("[\"10.0.0.0/8\",\"192.0.2.1\",\"2001:db8::/32\"]");
        assertThat(keys("allow-from", "alice", "172.16.0.0/12").err()).contains("\"alice\" works from 172.16.0.0/12;");
        assertThat(keys("list", "--format", "table").out()).contains("secret  172.16.0.0/12\n");
        assertThat(keys("allow-from", "alice", "--anywhere").err()).contains("works from anywhere");
        assertThat(show("alice").path("allow_from")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "allow-from alice                       | no range (expected: one or more",
                "allow-from alice 10.0.0.0/8 --anywhere | --anywhere and ranges",
                "allow-from alice 10.0.0.1/8            | address range: \"10.0.0.1/8\" (expected: ",
                "allow-from alice example.org           | address range: \"example.org\" (expected: ",
                "create bob --allow-from 10/8           | address range: \"10/8\" (expected: ",
            })
    void badRange_isExplained(String line, String message) {
        keys("create", "alice");
        CommandRun run = keys(line.split(" ", -1));
        assertThat(run.exitCode()).isEqualTo(64);
        assertThat(run.err()).contains(message);
    }

    @Test
    void pendingKeys_areListedAndApproved() throws IOException {
        assertThat(keys("pending").err()).contains("Nobody waits");
        pending(KEY, OTHER);
        assertThat(keys("pending").out().lines())
                .hasSize(2)
                .contains(FINGERPRINT + "\t192.0.2.7\t2026-11-22T10:00:00Z\t2026-11-22T11:00:00Z\t3");
        assertThat(keys("pending", "--format", "table").out()).startsWith("FINGERPRINT   ");
        assertThat(keys("pending", "--format", "json").out()).contains("\"fingerprint\" : \"" + FINGERPRINT + "\"");

        CommandRun approved = keys("approve", FINGERPRINT, "--name", "alice", "--role", "user", "--expires", "30d");
        assertThat(approved.exitCode()).as(approved.err()).isZero();
        assertThat(approved.err()).contains("last used from 192.0.2.7 at 2026-11-22T11:00:00Z", "Created key ");
        assertThat(show("alice").path("ssh").get(0).asText()).isEqualTo(FINGERPRINT);
        assertThat(keys("pending").out().lines()).hasSize(1).noneMatch(line -> line.startsWith(FINGERPRINT));
        CommandRun unknown = keys("approve", "SHA256:x", "--name", "bob");
        assertThat(unknown.exitCode()).isEqualTo(64);
        assertThat(unknown.err()).contains("no pending key has the fingerprint \"SHA256:x\"");
    }

    @Test
    void approvalOfWhatIsLetInAlready_saysWhoseItIs_andIsNoMistakeForTheSameName() throws IOException {
        pending(KEY);
        keys("approve", FINGERPRINT, "--name", "alice");
        CommandRun same = keys("approve", FINGERPRINT, "--name", "alice", "--format", "json");
        assertThat(same.exitCode()).as(same.err()).isZero();
        assertThat(same.err())
                .contains(
                        FINGERPRINT + " belongs to key ", "\"alice\" already, which is active", "nothing has changed");
        assertThat(same.out()).contains(FINGERPRINT);
        CommandRun role = keys("approve", FINGERPRINT, "--name", "alice", "--role", "usr");
        assertThat(role.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(role.err()).contains("--role: \"usr\" (expected: one of user, admin)");
        CommandRun other = keys("approve", FINGERPRINT, "--name", "bob");
        assertThat(other.exitCode()).isEqualTo(73);
        assertThat(other.err())
                .contains("\"alice\" already, ", "(expected: a pending key; or first corral keys remove-");
        assertThat(other.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "                                                          | subject:CN=ci | no client is asked for",
                "                                                          | spki:sha256:P | no client is asked for",
                "tls: {mode: local, client-certificates: optional}         | subject:CN=ci | count only with tls.client-ca",
                "tls: {mode: local, client-certificates: optional}         | san:a@b.lab   | count only with tls.client-ca",
                "tls: {mode: local, client-certificates: optional}         | spki:sha256:P | -",
                "tls: {mode: local, client-certificates: optional, client-ca: ca.pem} | subject:CN=ci | -",
            })
    void certificateThatOpensNothingAsConfigured_isSaidToDoSo(@Nullable String yaml, String certificate, String note)
            throws IOException {
        Files.writeString(home.resolve("ca.pem"), "");
        Files.writeString(home.resolve("corral.yaml"), yaml == null ? "" : yaml + "\n");
        CommandRun run = keys("add-certificate", "ci", certificate.replace("P", "ab".repeat(32)));
        assertThat(run.exitCode()).as(run.err()).isZero();
        if (note.equals("-")) {
            assertThat(run.err()).doesNotContain("no client is asked", "count only");
        } else {
            assertThat(run.err()).contains(note);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{",
                "[]",
                "{\"version\":2,\"pending\":[]}",
                "{\"version\":1,\"pending\":[{}]}",
                "{\"version\":1,\"pending\":[{\"key\":\"AAAA\"}]}",
                "{\"version\":1,\"pending\":[]} x",
            })
    void damagedFile_isNamedWithoutItsContent(String text) throws IOException {
        Files.createDirectories(home.resolve("corral"));
        Files.writeString(home.resolve("corral/pending-keys.json"), text);
        CommandRun run = keys("pending");
        assertThat(run.exitCode()).isEqualTo(65);
        assertThat(run.err()).contains("pending-keys.json: not what was expected (expected: ");
    }
}
