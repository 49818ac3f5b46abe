package dev.corral.server.state.redis;

import dev.corral.auth.limit.LimitBook;
import dev.corral.auth.limit.LimitPlan;
import dev.corral.server.config.StateSettings.WhenAway;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RedisBookIT implements LimitBookContract {
    @TempDir
    private static Path directory;

    private RedisProcess redis;
    private SharedState state;

    @BeforeAll
    void start() throws IOException {
        redis = new RedisProcess(directory);
    }

    @BeforeEach
    void connect() throws IOException {
        redis.command("FLUSHALL");
        state = Students.open(Students.url(redis.address()), WhenAway.DENY);
    }

    @AfterEach
    void disconnect() {
        state.close();
    }

    @AfterAll
    void stop() {
        redis.close();
    }

    @Override
    public LimitBook book(LimitPlan plan) {
        return Students.limiter(state, plan);
    }
}
