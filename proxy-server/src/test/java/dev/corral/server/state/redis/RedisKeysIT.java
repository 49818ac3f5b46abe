package dev.corral.server.state.redis;

import static dev.corral.server.state.redis.Students.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.auth.key.CreatedKey;
import dev.corral.auth.key.KeyEvents;
import dev.corral.auth.key.KeyRecord;
import dev.corral.auth.key.KeyRing;
import dev.corral.auth.key.KeyStore;
import dev.corral.auth.key.KeyStoreException;
import dev.corral.auth.key.KeyWatcher;
import dev.corral.auth.key.LiveKeyRing;
import dev.corral.auth.key.NewKey;
import dev.corral.core.spi.NanoClock;
import dev.corral.server.config.StateSettings.WhenAway;
import dev.corral.server.state.UsageEntry;
import dev.corral.server.state.UsageStore;
import dev.corral.server.state.UsageSums;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys and usage that two replicas and a command line share. */
@Timeout(60)
final class RedisKeysIT {
    private static final KeyEvents SILENT = new KeyEvents() {
        @Override
        public void loaded(KeyRing ring) {}

        @Override
        public void failed(String place, String reason) {}
    };

    @TempDir
    private Path directory;

    private static SharedState open(RedisProcess redis) {
        return Students.open(Students.url(redis.address()), WhenAway.DENY);
    }

    @Test
    void keysMadeByTwoAtOnce_areAllThere() throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                SharedState one = open(redis);
                SharedState two = open(redis)) {
            List<KeyStore> stores =
                    List.of(new KeyStore(one.keys(), NanoClock.SYSTEM), new KeyStore(two.keys(), NanoClock.SYSTEM));
            assertThat(stores.get(0).list()).isEmpty();
            List<CompletableFuture<CreatedKey>> made = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                int number = i;
                made.add(CompletableFuture.supplyAsync(() -> create(stores.get(number % 2), "key-" + number)));
            }
            made.forEach(CompletableFuture::join);
            assertThat(stores.get(1).list())
                    .extracting(KeyRecord::name)
                    .hasSize(20)
                    .doesNotHaveDuplicates();
        }
    }

    private static CreatedKey create(KeyStore store, String name) {
        try {
            return store.create(new NewKey(name, "user", null));
        } catch (KeyStoreException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void confirmedKeys_surviveAKilledRedisAndReachRunningReplicas() throws Exception {
        try (RedisProcess redis = RedisProcess.durable(directory);
                SharedState serving = open(redis);
                SharedState command = open(redis)) {
            KeyStore keys = new KeyStore(command.keys(), NanoClock.SYSTEM);
            create(keys, "alice");
            LiveKeyRing live = new LiveKeyRing(KeyRing.EMPTY);
            try (KeyWatcher watcher = new KeyWatcher(new KeyStore(serving.keys(), NanoClock.SYSTEM), live, SILENT)) {
                watcher.start();
                eventually("alice is known", () -> live.current().byName("alice") != null);
                for (int round = 0; round < 3; round++) {
                    create(keys, "key-" + round);
                    redis.kill();
                    assertThat(live.current().byName("alice")).isNotNull();
                    redis.start();
                    eventually(
                            "it is back",
                            () -> command.stats().up() && serving.stats().up());
                    assertThat(keys.find("key-" + round).revoked()).isNull();
                }
                keys.revoke("alice");
                eventually("alice is revoked", () -> {
                    KeyRecord alice = live.current().byName("alice");
                    return alice != null && alice.revoked() != null;
                });
            }
        }
    }

    @Test
    void replicaThatDoesNotConfirm_costsNoSecret() throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                RedisProcess replica =
                        new RedisProcess(directory, "--replicaof", "127.0.0.1", Integer.toString(redis.port()));
                SharedState state = open(redis)) {
            eventually("the replica is in step", () -> told(redis, "state=online"));
            replica.freeze();
            KeyStore keys = new KeyStore(state.keys(), NanoClock.SYSTEM);
            assertThat(create(keys, "alice").secret()).isNotNull();
            assertThat(keys.list()).hasSize(1);
        }
    }

    private static boolean told(RedisProcess redis, String text) {
        try {
            return redis.command("INFO replication").contains(text);
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void awayRedis_isNamedWithoutItsPassword() throws Exception {
        int nobody = RedisProcess.freePort();
        var url = new dev.corral.server.config.StateUrl(
                dev.corral.server.config.StateUrl.Kind.REDIS,
                false,
                "corral",
                "s3cr3t",
                List.of(java.net.InetSocketAddress.createUnresolved("127.0.0.1", nobody)),
                0,
                null);
        try (SharedState state =
                SharedState.open(Students.settings(url, WhenAway.DENY), Duration.ofMillis(300), NanoClock.SYSTEM)) {
            assertThatThrownBy(() -> new KeyStore(state.keys(), NanoClock.SYSTEM).load())
                    .isInstanceOf(KeyStoreException.class)
                    .hasMessageContaining("127.0.0.1:" + nobody)
                    .hasMessageNotContaining("s3cr3t");
        }
    }

    @Test
    void usage_isAddedOncePerBatchAndReadByDay() throws IOException {
        LocalDate today = LocalDate.of(2026, 11, 23);
        LocalDate before = today.minusDays(1);
        try (RedisProcess redis = new RedisProcess(directory);
                SharedState one = open(redis);
                SharedState two = open(redis);
                UsageStore first = one.usage();
                UsageStore second = two.usage()) {
            UsageSums sums = new UsageSums(1, 0, 10, 20, 30, 4_000_000_000L);
            UsageEntry entry = new UsageEntry(today, "aaaaaaaa", "hf.co/a/b:latest", sums);
            first.add(1, List.of(entry, new UsageEntry(before, "aaaaaaaa", "m", sums)));
            first.add(1, List.of(entry, new UsageEntry(before, "aaaaaaaa", "m", sums)));
            second.add(1, List.of(entry));
            assertThat(first.read(before, today))
                    .containsExactly(
                            new UsageEntry(before, "aaaaaaaa", "m", sums),
                            new UsageEntry(today, "aaaaaaaa", "hf.co/a/b:latest", sums.plus(sums)));
            assertThat(second.read(today, today)).hasSize(1);
            first.forgetBefore(today);
            assertThat(second.read(LocalDate.of(1970, 1, 1), today)).hasSize(1);
        }
    }
}
