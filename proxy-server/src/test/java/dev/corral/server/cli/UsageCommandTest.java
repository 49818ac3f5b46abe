package dev.corral.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.corral.auth.key.KeyStore;
import dev.corral.auth.key.NewKey;
import dev.corral.core.spi.NanoClock;
import dev.corral.server.state.SqliteUsageStore;
import dev.corral.server.state.UsageEntry;
import dev.corral.server.state.UsageSums;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsageCommandTest {
    private static final String LLAMA = "registry.ollama.ai/library/llama3:latest";
    private static final String QWEN = "registry.ollama.ai/library/qwen3:8b";
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    Path home;

    private String alice = "";
    private String bob = "";

    @BeforeEach
    void keys() throws Exception {
        Files.createDirectory(directory());
        Files.writeString(home.resolve("corral.yaml"), "usage: {time-zone: UTC}\n");
        KeyStore keys = new KeyStore(directory().resolve("keys.json"), NanoClock.SYSTEM);
        alice = keys.create(new NewKey("alice", "user", null)).key().id();
        bob = keys.create(new NewKey("bob", "admin", null)).key().id();
        keys.revoke("bob");
    }

    private Path directory() {
        return home.resolve("corral");
    }

    private static UsageEntry entry(String day, String key, String model, long thousands, long estimated, long nanos) {
        return new UsageEntry(
                LocalDate.parse(day),
                key,
                model,
                new UsageSums(thousands, 1, 600 * thousands, 400 * thousands, estimated, nanos));
    }

    private void fill() throws Exception {
        try (SqliteUsageStore store = SqliteUsageStore.open(directory())) {
            store.add(
                    1,
                    List.of(
                            entry("2026-01-31", alice, LLAMA, 1, 0, 400_000_000),
                            entry("2026-02-01", alice, QWEN, 1_234, 1_000, 3_725 * SECOND),
                            entry("2026-02-01", bob, LLAMA, 20, 20_000, 185 * SECOND),
                            entry("2026-02-02", "zzzzzzzz", "other", 2, 0, 0)));
        }
    }

    private CommandRun usage(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "usage";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return CommandRun.of(home, all);
    }

    private CommandRun usageOf2026(String... arguments) {
        String[] all = new String[arguments.length + 4];
        System.arraycopy(new String[] {"--since", "2026-01-01", "--until", "2026-12-31"}, 0, all, 0, 4);
        System.arraycopy(arguments, 0, all, 4, arguments.length);
        return usage(all);
    }

    @Test
    void table_isAlignedWithTotals_whoUsedMostFirst() throws Exception {
        fill();
        CommandRun run = usageOf2026();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualTo("""
                KEY                 REQUESTS  UNFINISHED   PROMPT  COMPLETION     TOKENS  ESTIMATED  GPU TIME
                alice                  1,235           2  741,000     494,000  1,235,000        <1%    1h 02m
                bob (revoked)             20           1   12,000       8,000     20,000       100%    3m 05s
                zzzzzzzz (unknown)         2           1    1,200         800      2,000         0%        0s
                total                  1,257           4  754,200     502,800  1,257,000         2%    1h 05m
                """);
        assertThat(run.err()).isEqualTo("From 2026-01-01 to 2026-12-31, UTC.\n");
    }

    @Test
    void byMonthAndModel_isInTheOrderOfTime() throws Exception {
        fill();
        CommandRun run = usageOf2026("--by", "month,model,role");
        assertThat(run.out().lines().map(line -> line.replaceAll("  .*", "").strip()))
                .containsExactly("MONTH", "2026-01", "2026-02", "2026-02", "2026-02", "total");
        assertThat(run.out())
                .contains("2026-01  llama3:latest  user  ")
                .contains("2026-02  llama3:latest  admin ")
                .contains("2026-02  qwen3:8b       user ")
                .contains("2026-02  other          (unknown) ");
    }

    @Test
    void csv_hasPlainNumbersAndWholeNames() throws Exception {
        fill();
        CommandRun run = usageOf2026("--by", "day,key,model", "--format", "csv");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith("day,key_id,key,key_state,model,requests,unfinished,prompt_tokens,completion_tokens,tokens,"
                        + "estimated_tokens,gpu_seconds\r\n2026-01-31," + alice + ",alice,active," + LLAMA
                        + ",1,1,600,400,1000,0,0.400\r\n")
                .contains("2026-02-01," + bob + ",bob,revoked," + LLAMA + ",20,1,12000,8000,20000,20000,185.000\r\n")
                .endsWith("2026-02-02,zzzzzzzz,zzzzzzzz,unknown,other,2,1,1200,800,2000,0,0.000\r\n");
    }

    @Test
    void namesThatAreFormulas_areHarmlessInCsvOnly() throws Exception {
        KeyStore keys = new KeyStore(directory().resolve("keys.json"), NanoClock.SYSTEM);
        try (SqliteUsageStore store = SqliteUsageStore.open(directory())) {
            int batch = 0;
            for (String name : List.of("=1+1", "+1", "-1", "@SUM(A1)", "a, \"b\"")) {
                String id = keys.create(new NewKey(name, "user", null)).key().id();
                store.add(++batch, List.of(entry("2026-02-01", id, LLAMA, 100 - batch, 0, 0)));
            }
        }
        CommandRun run = usageOf2026("--format", "csv");
        assertThat(run.out()).contains(",'=1+1,", ",'+1,", ",'-1,", ",'@SUM(A1),", ",\"a, \"\"b\"\"\",");
        assertThat(usageOf2026("--format", "json").out()).contains("\"=1+1\"");
        assertThat(usageOf2026().out()).contains("\n=1+1 ").contains("\n@SUM(A1) ");
    }

    @Test
    void json_hasRowsAndTotal() throws Exception {
        fill();
        JsonNode json = JsonMapper.builder()
                .build()
                .readTree(usageOf2026("--by", "key", "--format", "json").out());
        assertThat(json.get("since").asText()).isEqualTo("2026-01-01");
        assertThat(json.get("until").asText()).isEqualTo("2026-12-31");
        assertThat(json.get("time_zone").asText()).isEqualTo("UTC");
        assertThat(json.get("rows")).hasSize(3);
        JsonNode first = json.get("rows").get(0);
        assertThat(first.get("key").asText()).isEqualTo("alice");
        assertThat(first.get("tokens").asLong()).isEqualTo(1_235_000);
        assertThat(first.get("gpu_seconds").asDouble()).isEqualTo(3_725.4);
        assertThat(json.get("total").get("requests").asLong()).isEqualTo(1_257);
    }

    @ParameterizedTest
    @CsvSource({
        "--key,alice,1235",
        "--key,bob,20",
        "--key,zzzzzzzz,2",
        "--model,llama*,21",
        "--model,qwen3:8b,1234",
        "--model,*,1257"
    })
    void filters(String option, String value, long requests) throws Exception {
        fill();
        JsonNode json = JsonMapper.builder()
                .build()
                .readTree(usageOf2026(option, value, "--format", "json").out());
        assertThat(json.get("total").get("requests").asLong()).isEqualTo(requests);
    }

    @Test
    void days_areBothIncluded() throws Exception {
        fill();
        assertThat(usage("--since", "2026-01-31", "--until", "2026-01-31", "--by", "day", "--format", "csv")
                        .out()
                        .lines())
                .hasSize(2);
        assertThat(usage("--since", "2026-02-01", "--until", "2026-02-02", "--by", "day", "--format", "csv")
                        .out()
                        .lines())
                .hasSize(3);
    }

    @Test
    void today_isTheLastOfSoManyDays() throws Exception {
        try (SqliteUsageStore store = SqliteUsageStore.open(directory())) {
            LocalDate today = LocalDate.now(ZoneOffset.UTC);
            store.add(
                    1,
                    List.of(
                            entry(today.toString(), alice, LLAMA, 1, 0, 0),
                            entry(today.minusDays(1).toString(), alice, LLAMA, 2, 0, 0),
                            entry(today.minusDays(2).toString(), alice, LLAMA, 4, 0, 0)));
        }
        assertThat(usage("--since", "2d", "--by", "role", "--format", "csv").out())
                .contains("user,3,");
    }

    @Test
    void nothing_saysSo() throws Exception {
        CommandRun none = usage();
        assertThat(none.exitCode()).isZero();
        assertThat(none.out()).isEmpty();
        assertThat(none.err()).isEqualTo("No usage has been recorded yet in " + directory() + ".\n");
        assertThat(directory().resolve("usage.db")).doesNotExist();
        fill();
        CommandRun empty = usage("--since", "2025-01-01", "--until", "2025-12-31");
        assertThat(empty.exitCode()).isZero();
        assertThat(empty.err()).isEqualTo("No usage from 2025-01-01 to 2025-12-31.\n");
        assertThat(usage("--since", "2025-01-01", "--until", "2025-12-31", "--format", "csv")
                        .out())
                .startsWith("key_id,key,key_state,requests,")
                .hasLineCount(1);
        assertThat(usage("--since", "2025-01-01", "--until", "2025-12-31", "--format", "json")
                        .out())
                .contains("\"rows\" : [ ]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--by keys            | --by: \"keys\" (expected: key, role, model, day, month, or several",
                "--by key,key         | --by: \"key,key\" (expected: ",
                "--since yesterday    | --since: \"yesterday\" (expected: days such as 30d, or a date such as",
                "--since 0d           | --since: \"0d\" (expected: ",
                "--until 2026-02-30   | --until: \"2026-02-30\" (expected: a date such as",
                "--until 2020-01-01   | --until: 2020-01-01 (expected: not before ",
                "--format xml         | --format: \"xml\" (expected: table, csv or json)",
                "--model a**          | --model: \"a**\" (expected: a model's name",
                "--key nobody         | no key has the id or the name \"nobody\"",
            })
    void wrongOptions_areExplained(String line, String message) {
        CommandRun run = usage(line.split(" ", -1));
        assertThat(run.exitCode()).isEqualTo(64);
        assertThat(run.err()).contains(message);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void damagedStore_exits65() throws Exception {
        Files.writeString(directory().resolve("usage.db"), "nonsense, and quite a lot of it. ".repeat(50));
        CommandRun run = usage();
        assertThat(run.exitCode()).isEqualTo(65);
        assertThat(run.err()).contains("cannot read " + directory().resolve("usage.db"));
        assertThat(directory().resolve("usage.db")).exists();
    }

    @Test
    void sharedStoreAway_exits74AndDoesNotReadTheFiles() throws Exception {
        fill();
        Files.writeString(home.resolve("corral.yaml"), "state: {url: 'redis://127.0.0.1:1'}\n");
        CommandRun run = usageOf2026();
        assertThat(run.exitCode()).isEqualTo(74);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("127.0.0.1:1");
    }

    @ParameterizedTest
    @CsvSource({
        "0,0s",
        "1,<0.1s",
        "400000000,0.4s",
        "59940000000,59.9s",
        "59960000000,1m 00s",
        "3599600000000,1h 00m",
        "360000000000000,100h 00m"
    })
    void gpuTime_isReadable(long nanos, String text) {
        assertThat(UsageText.time(nanos)).isEqualTo(text);
    }
}
