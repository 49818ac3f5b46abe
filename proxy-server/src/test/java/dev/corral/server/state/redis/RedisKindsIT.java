package dev.corral.server.state.redis;

import static dev.corral.auth.limit.LimitKind.TOKENS_PER_DAY;
import static dev.corral.server.state.redis.Students.ALICE;
import static dev.corral.server.state.redis.Students.admitted;
import static dev.corral.server.state.redis.Students.count;
import static dev.corral.server.state.redis.Students.eventually;
import static dev.corral.server.state.redis.Students.limit;
import static dev.corral.server.state.redis.Students.limiter;
import static dev.corral.server.state.redis.Students.permit;
import static dev.corral.server.state.redis.Students.tokens;
import static dev.corral.server.state.redis.Students.used;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.auth.key.KeyStore;
import dev.corral.auth.key.NewKey;
import dev.corral.auth.limit.LimitBook;
import dev.corral.auth.limit.LimitSet;
import dev.corral.core.spi.NanoClock;
import dev.corral.server.config.StateSettings.WhenAway;
import dev.corral.server.config.StateUrl;
import dev.corral.server.config.StateUrl.Kind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The ways to Redis: with a password, through Sentinels, in a cluster. */
@Timeout(60)
final class RedisKindsIT {
    @TempDir
    private Path directory;

    private static StateUrl url(
            Kind kind, List<InetSocketAddress> nodes, @Nullable String password, @Nullable String master) {
        return new StateUrl(kind, false, null, password, nodes, 0, master);
    }

    private static void works(SharedState state) throws Exception {
        LimitBook book = limiter(state, Students.plan(limit(TOKENS_PER_DAY, 100), limit(TOKENS_PER_DAY, 1_000)));
        admitted(book, ALICE, tokens(50)).release(used(40));
        eventually("40 are charged", () -> count(book, ALICE, TOKENS_PER_DAY) == 40);
        KeyStore keys = new KeyStore(state.keys(), NanoClock.SYSTEM);
        keys.create(new NewKey("alice", "user", null));
        assertThat(keys.list()).hasSize(1);
        assertThat(state.usage().read(LocalDate.of(2026, 1, 1), LocalDate.of(2026, 12, 31)))
                .isEmpty();
    }

    @Test
    void password_isSent() throws Exception {
        try (RedisProcess redis = new RedisProcess(directory)) {
            redis.command("CONFIG SET requirepass secret");
            StateUrl right = url(Kind.REDIS, List.of(redis.address()), "secret", null);
            try (SharedState state = Students.open(right, WhenAway.DENY)) {
                works(state);
            }
        }
    }

    @Test
    void sentinels_leadToTheMasterAndToTheNextOne() throws Exception {
        try (RedisProcess first = new RedisProcess(directory);
                RedisProcess second =
                        new RedisProcess(directory, "--replicaof", "127.0.0.1", Integer.toString(first.port()))) {
            awaitReplica(first);
            try (RedisProcess sentinel = RedisProcess.sentinel(directory, RedisProcess.freePort(), first.port());
                    SharedState state = Students.open(
                            url(Kind.SENTINEL, List.of(sentinel.address()), null, "main"), WhenAway.DENY)) {
                eventually("the sentinel knows the replica", () -> told(sentinel, "num-slaves\r\n$1\r\n1"));
                works(state);
                first.kill();
                LimitBook book = limiter(state, Students.plan(limit(TOKENS_PER_DAY, 100), LimitSet.NONE));
                eventually("the other one serves", () -> permit(book, ALICE, tokens(1)) != null);
                assertThat(count(book, ALICE, TOKENS_PER_DAY)).isEqualTo(40);
                assertThat(second.command("ROLE")).contains("master");
            }
        }
    }

    private static void awaitReplica(RedisProcess first) {
        eventually("the replica is in step", () -> {
            try {
                return first.command("INFO replication").contains("state=online");
            } catch (IOException e) {
                return false;
            }
        });
    }

    private static boolean told(RedisProcess sentinel, String text) {
        try {
            return sentinel.command("SENTINEL MASTER main").contains(text);
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void cluster_keepsEverythingOnOneOfItsServers() throws Exception {
        List<RedisProcess> servers = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                servers.add(new RedisProcess(directory, "--cluster-enabled", "yes", "--cluster-node-timeout", "2000"));
            }
            for (int i = 0; i < 3; i++) {
                StringBuilder slots = new StringBuilder("CLUSTER ADDSLOTS");
                for (int slot = i; slot < 16_384; slot += 3) {
                    slots.append(' ').append(slot);
                }
                servers.get(i).command(slots.toString());
                servers.get(i).command("CLUSTER SET-CONFIG-EPOCH " + (i + 1));
                servers.get(i)
                        .command("CLUSTER MEET 127.0.0.1 " + servers.get(0).port());
            }
            for (RedisProcess server : servers) {
                eventually("the cluster is whole", () -> {
                    try {
                        return server.command("CLUSTER INFO").contains("cluster_state:ok");
                    } catch (IOException e) {
                        return false;
                    }
                });
            }
            List<InetSocketAddress> two =
                    List.of(servers.get(0).address(), servers.get(1).address());
            try (SharedState state = Students.open(url(Kind.CLUSTER, two, null, null), WhenAway.DENY)) {
                works(state);
            }
        } finally {
            servers.forEach(RedisProcess::close);
        }
    }
}
