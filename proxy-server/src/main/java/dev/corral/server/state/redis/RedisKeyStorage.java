package dev.corral.server.state.redis;

import dev.corral.auth.key.KeyStorage;
import dev.corral.auth.key.KeyStoreException;
import dev.corral.auth.key.KeyStoreException.Kind;
import io.lettuce.core.KeyValue;
import io.lettuce.core.ScriptOutputType;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The document of the keys in a hash, beside a version that every change makes anew. Changes compare the version and set
 * both, and begin again where somebody was faster.
 *
 * <p>A change is made when the Redis server has it; if it has replicas, one of those is waited for, and a warning tells
 * where none confirms. To lose a change in a failure of power is a matter of Redis's own settings (docs/replicas.md).
 */
final class RedisKeyStorage implements KeyStorage {
    private static final Logger LOG = LoggerFactory.getLogger(RedisKeyStorage.class);
    private static final String VERSION = "version";
    private static final String DOCUMENT = "document";
    private static final int ATTEMPTS = 100;
    private static final long REPLICA_MILLIS = 400;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final RedisConnector redis;
    private final RedisNames names;

    RedisKeyStorage(RedisConnector redis, RedisNames names) {
        this.redis = redis;
        this.names = names;
    }

    /** What lies there, at one moment. */
    private record Stored(
            @Nullable String version, @Nullable String document) {}

    @Override
    public String place() {
        return redis.place();
    }

    @Override
    public @Nullable Object version() throws KeyStoreException {
        return ask("read", () -> redis.<@Nullable String>await(commands -> commands.hget(names.keys(), VERSION)));
    }

    @Override
    public byte @Nullable [] read() throws KeyStoreException {
        return bytes(stored());
    }

    @Override
    public <T> T update(Edit<T> edit) throws KeyStoreException {
        for (int i = 0; i < ATTEMPTS; i++) {
            Stored stored = stored();
            Change<T> change = edit.apply(bytes(stored));
            byte[] document = change.document();
            if (document == null) {
                return change.result();
            }
            if (replace(stored, new String(document, StandardCharsets.UTF_8))) {
                confirm();
                return change.result();
            }
        }
        throw new KeyStoreException(
                Kind.IO, "keys in " + place() + " were changed by others " + ATTEMPTS + " times (expected: a few)");
    }

    private boolean replace(Stored stored, String document) throws KeyStoreException {
        String before = stored.version() == null ? "" : stored.version();
        List<String> args = List.of(before, newVersion(), document);
        try {
            return redis.await(commands ->
                            RedisScript.KEYS.<Long>run(commands, ScriptOutputType.INTEGER, List.of(names.keys()), args))
                    == 1;
        } catch (RedisAwayException e) {
            throw new KeyStoreException(
                    Kind.IO,
                    "cannot write keys to " + place() + ": " + e.getMessage()
                            + " (whether they were written is not known: look with corral keys list)",
                    e);
        }
    }

    // Not if nobody else can have it: then there is nothing to wait for.
    // And the change is made whatever comes of it: who made a key must be told its secret.
    private void confirm() {
        String reason;
        try {
            List<Object> role = redis.awaitOwner(names.keys(), commands -> commands.role());
            boolean replicas = role.size() > 2 && role.get(2) instanceof List<?> list && !list.isEmpty();
            if (!replicas
                    || redis.awaitOwner(names.keys(), commands -> commands.waitForReplication(1, REPLICA_MILLIS))
                            >= 1) {
                return;
            }
            reason = "none within " + REPLICA_MILLIS + " ms";
        } catch (RedisAwayException e) {
            reason = e.getMessage();
        }
        LOG.warn(
                "keys were changed in {}, but whether one of its replicas has the change is not known: {} (expected: one"
                        + " confirms; a failover now could lose the change)",
                place(),
                reason);
    }

    private Stored stored() throws KeyStoreException {
        List<KeyValue<String, String>> values =
                ask("read", () -> redis.await(commands -> commands.hmget(names.keys(), VERSION, DOCUMENT)));
        return new Stored(values.get(0).getValueOrElse(null), values.get(1).getValueOrElse(null));
    }

    private static byte @Nullable [] bytes(Stored stored) {
        return stored.document() == null ? null : stored.document().getBytes(StandardCharsets.UTF_8);
    }

    // Never one that was there before, also where Redis lost what it had.
    private static String newVersion() {
        byte[] random = new byte[16];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** Who may read Redis is Redis's matter. */
    @Override
    public boolean fixPermissions() {
        return false;
    }

    /** Says so if Redis would forget the keys when it is restarted. */
    void warnIfForgetful() {
        redis.askOwner(names.keys(), commands -> commands.info("persistence")).thenAccept(info -> {
            if (info.contains("aof_enabled:0")) {
                LOG.warn(
                        "Redis at {} keeps no append-only file: keys and usage of the last minutes, or all, may be lost when"
                                + " it is restarted (expected: appendonly yes)",
                        place());
            }
        });
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask();
    }

    private <T> T ask(String what, Question<T> question) throws KeyStoreException {
        try {
            return question.ask();
        } catch (RedisAwayException e) {
            throw new KeyStoreException(Kind.IO, "cannot " + what + " keys in " + place() + ": " + e.getMessage(), e);
        }
    }
}
