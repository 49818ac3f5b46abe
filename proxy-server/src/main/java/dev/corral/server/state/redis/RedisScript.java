package dev.corral.server.state.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** A script that servers run as a whole. It is sent by its digest, and as a text to a server that does not know it. */
enum RedisScript {
    RESERVE("accounts.lua", "reserve.lua"),
    SETTLE("accounts.lua", "settle.lua"),
    RENEW("renew.lua"),
    USAGE("usage.lua"),
    KEYS("keys.lua");

    private final String text;
    private final String digest;

    RedisScript(String... parts) {
        StringBuilder whole = new StringBuilder();
        for (String part : parts) {
            whole.append(read(part));
        }
        text = whole.toString();
        digest = sha1(text);
    }

    /** Runs it; what it returns is a number or a list of numbers. Does not block. */
    <T> CompletionStage<T> run(
            RedisClusterAsyncCommands<String, String> redis,
            ScriptOutputType type,
            List<String> keys,
            List<String> args) {
        String[] keyArray = keys.toArray(String[]::new);
        String[] argArray = args.toArray(String[]::new);
        CompletableFuture<T> answer =
                redis.<T>evalsha(digest, type, keyArray, argArray).toCompletableFuture();
        return answer.exceptionallyCompose(e -> unknown(e)
                ? redis.<T>eval(text, type, keyArray, argArray).toCompletableFuture()
                : CompletableFuture.failedFuture(e));
    }

    private static boolean unknown(Throwable e) {
        Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        return cause instanceof RedisNoScriptException;
    }

    private static String read(String name) {
        try (InputStream in = RedisScript.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not in the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read", e);
        }
    }

    // Not a matter of security: EVALSHA is defined so.
    private static String sha1(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("no SHA-1", e);
        }
    }
}
