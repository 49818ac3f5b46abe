package dev.corral.auth.ssh;

import dev.corral.auth.key.SshPublicKey;
import java.time.Instant;

/**
 * A key that nobody has registered, and whose owner signed a request with it.
 *
 * @param key which
 * @param address where the last such request came from, as text
 * @param first when the first one came
 * @param last when the last one came
 * @param requests how many came
 */
public record PendingKey(SshPublicKey key, String address, Instant first, Instant last, long requests) {}
