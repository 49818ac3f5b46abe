package dev.corral.auth.key;

import dev.corral.auth.key.KeyStoreException.Kind;
import dev.corral.auth.limit.LimitSet;
import dev.corral.core.spi.NanoClock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All keys and everything that changes them. A change is stored when its method returns.
 *
 * <p>Any thread; blocks on the storage, so never an event loop. No document is the same as no keys.
 */
public final class KeyStore {
    private static final Duration LONGEST = Duration.ofDays(36_500);
    private static final Duration LONGEST_GRACE = Duration.ofDays(366);

    private final KeyStorage storage;
    private final NanoClock clock;
    private final KeyMint mint = new KeyMint();

    /**
     * Keys in a file of their own. Touches nothing yet.
     *
     * @param file the key file; it and its directory are made by the first change
     * @param clock what expiry and grace are counted from
     */
    public KeyStore(Path file, NanoClock clock) {
        this(new FileKeyStorage(file), clock);
    }

    /**
     * Keys wherever the storage has them. Touches nothing yet.
     *
     * @param clock what expiry and grace are counted from
     */
    public KeyStore(KeyStorage storage, NanoClock clock) {
        this.storage = storage;
        this.clock = clock;
    }

    /** Where the keys are, for messages: a path, or a server without its password. */
    public String place() {
        return storage.place();
    }

    /**
     * Reads all keys; {@link KeyRing#EMPTY} where there is no document. Warns where others may read a key file.
     *
     * @throws KeyStoreException of kind BAD_FILE or IO
     */
    public KeyRing load() throws KeyStoreException {
        KeyRing ring = read();
        return ring == null ? KeyRing.EMPTY : ring;
    }

    /** As {@link #load}, with the version that is not newer than what was read; for {@link KeyWatcher}. */
    public Loaded loadVersion() throws KeyStoreException {
        Object version = storage.version();
        return new Loaded(load(), version);
    }

    /**
     * What was read.
     *
     * @param version as {@link KeyStorage#version}
     */
    public record Loaded(KeyRing ring, @Nullable Object version) {}

    /** As {@link #load}, but null where there is no document. */
    @Nullable
    KeyRing read() throws KeyStoreException {
        try (InputStream document = storage.open()) {
            return document == null ? null : KeyFileReader.read(place(), document);
        } catch (IOException e) {
            throw new KeyStoreException(Kind.IO, "cannot read " + place() + ": " + AtomicFile.reason(e), e);
        }
    }

    /** As {@link KeyStorage#version}. */
    @Nullable
    Object version() throws KeyStoreException {
        return storage.version();
    }

    /**
     * Takes a key file away from everybody but its owner.
     *
     * @return whether that was necessary
     * @throws KeyStoreException if the mode cannot be changed
     */
    public boolean fixPermissions() throws KeyStoreException {
        return storage.fixPermissions();
    }

    /** All keys in the order of their creation. */
    public List<KeyRecord> list() throws KeyStoreException {
        return load().records();
    }

    /**
     * One key.
     *
     * @param idOrName an id, a name, or a whole key string; a name means the key that is not revoked, if there is one
     * @throws KeyStoreException of kind NO_SUCH_KEY, or as {@link #load}
     */
    public KeyRecord find(String idOrName) throws KeyStoreException {
        return find(load(), idOrName);
    }

    /**
     * Makes a key.
     *
     * @throws KeyStoreException of kind INVALID, NAME_TAKEN, CANNOT_CREATE, or as {@link #load}; nothing has changed
     */
    public CreatedKey create(NewKey wanted) throws KeyStoreException {
        return update(ring -> {
            List<KeyRecord> keys = new ArrayList<>(ring.records());
            CreatedKey created = add(wanted, keys);
            return new Change<>(keys, created);
        });
    }

    /**
     * Makes a key without a secret, which only what the access says opens.
     *
     * @throws KeyStoreException as {@link #create}; INVALID also where nothing would open it
     */
    public KeyRecord register(NewKey wanted) throws KeyStoreException {
        if (!wanted.access().opens()) {
            throw invalid("no credential (expected: an ssh key or a certificate, or a key with a secret)");
        }
        return update(ring -> {
            List<KeyRecord> keys = new ArrayList<>(ring.records());
            KeyRecord registered = add(wanted, keys).key().withSecrets(List.of());
            keys.set(keys.size() - 1, registered);
            return new Change<>(keys, registered);
        });
    }

    /**
     * Changes what opens a key beside its secrets, and from where it may be used.
     *
     * @param idOrName as for {@link #find}
     * @param edit what to make of what it says now; may be called more than once
     * @throws KeyStoreException of kind INVALID where the key is revoked or nothing would open it, CREDENTIAL_TAKEN; or as
     *     {@link #find} and {@link #create}
     */
    public KeyRecord access(String idOrName, AccessEdit edit) throws KeyStoreException {
        return update(ring -> {
            KeyRecord old = find(ring, idOrName);
            if (old.revoked() != null) {
                throw invalid("key " + old.id() + " is revoked (expected: a key that can be used)");
            }
            KeyAccess access = edit.apply(old.access());
            if (old.secrets().isEmpty() && !access.opens()) {
                throw invalid("key " + old.id() + " could be used by nobody then (expected: a key with a secret, an ssh"
                        + " key or a certificate; or revoke it)");
            }
            KeyRecord changed = old.withAccess(access);
            return changed.access().equals(old.access())
                    ? new Change<>(null, old)
                    : new Change<>(replace(ring, changed), changed);
        });
    }

    /** What to make of a key's access. */
    @FunctionalInterface
    public interface AccessEdit {
        KeyAccess apply(KeyAccess before) throws KeyStoreException;
    }

    /**
     * Makes the first keys, unless there are keys already, revoked ones included; no two processes both make them.
     *
     * @return the keys made, in the order asked for; none where there were keys
     * @throws KeyStoreException as {@link #create}
     */
    public List<CreatedKey> createIfEmpty(List<NewKey> wanted) throws KeyStoreException {
        return update(ring -> {
            if (!ring.isEmpty()) {
                return new Change<>(null, List.of());
            }
            List<KeyRecord> keys = new ArrayList<>();
            List<CreatedKey> created = new ArrayList<>();
            for (NewKey next : wanted) {
                created.add(add(next, keys));
            }
            return new Change<>(keys, List.copyOf(created));
        });
    }

    /**
     * Gives a key a new secret under the same id. The old secrets work on for the grace and no longer.
     *
     * @param idOrName as for {@link #find}
     * @param grace zero to end the old secrets at once
     * @throws KeyStoreException of kind INVALID where the key is revoked or expired, or has too many secrets in grace;
     *     or as {@link #find} and {@link #create}
     */
    public CreatedKey rotate(String idOrName, Duration grace) throws KeyStoreException {
        if (grace.isNegative() || grace.compareTo(LONGEST_GRACE) > 0) {
            throw invalid("grace: " + grace + " (expected: zero to " + LONGEST_GRACE.toDays() + " days)");
        }
        return update(ring -> {
            KeyRecord old = find(ring, idOrName);
            Instant now = now();
            KeyState state = old.state(now.toEpochMilli());
            if (state != KeyState.ACTIVE) {
                throw invalid(
                        "key " + old.id() + " is " + state.label() + " (expected: an active key; create a new one)");
            }
            KeyMint.Minted minted = mint.secret(old.id());
            List<KeySecret> secrets = new ArrayList<>();
            secrets.add(minted.stored());
            for (KeySecret secret : old.secrets()) {
                KeySecret ending = secret.endingBy(now.plus(grace));
                if (!ending.over(now.toEpochMilli())) {
                    secrets.add(ending);
                }
            }
            if (secrets.size() > KeyRecord.MAX_SECRETS) {
                throw invalid(
                        "key " + old.id() + " has " + old.secrets().size() + " valid secrets (expected: fewer than "
                                + KeyRecord.MAX_SECRETS + "; rotate with no grace, or wait)");
            }
            KeyRecord rotated = old.withSecrets(secrets);
            return new Change<>(replace(ring, rotated), new CreatedKey(rotated, minted.text()));
        });
    }

    /**
     * Ends a key for good and frees its name. A key that is revoked already stays as it is.
     *
     * @param idOrName as for {@link #find}
     * @throws KeyStoreException as {@link #find} and {@link #create}
     */
    public KeyRecord revoke(String idOrName) throws KeyStoreException {
        return update(ring -> {
            KeyRecord old = find(ring, idOrName);
            if (old.revoked() != null) {
                return new Change<>(null, old);
            }
            KeyRecord revoked = old.withRevoked(now());
            return new Change<>(replace(ring, revoked), revoked);
        });
    }

    /**
     * Says what a key may use, where that is not what its role says.
     *
     * @param idOrName as for {@link #find}
     * @param change what to say anew; what it does not say stays
     * @param reset whether to take back everything that was said before
     * @throws KeyStoreException of kind INVALID where the key is revoked; or as {@link #find} and {@link #create}
     */
    public KeyRecord limit(String idOrName, LimitSet change, boolean reset) throws KeyStoreException {
        return update(ring -> {
            KeyRecord old = find(ring, idOrName);
            if (old.revoked() != null) {
                throw invalid("key " + old.id() + " is revoked (expected: a key that can be used)");
            }
            KeyRecord limited = old.withLimits(change.over(reset ? LimitSet.NONE : old.limits()));
            return limited.equals(old) ? new Change<>(null, old) : new Change<>(replace(ring, limited), limited);
        });
    }

    /** What to store, null for no change, and what to tell the caller once it is stored. */
    private record Change<T>(@Nullable List<KeyRecord> keys, T result) {}

    @FunctionalInterface
    private interface Edit<T> {
        Change<T> apply(KeyRing ring) throws KeyStoreException;
    }

    private <T> T update(Edit<T> edit) throws KeyStoreException {
        return storage.update(document -> {
            KeyRing ring = parse(document);
            Change<T> change = edit.apply(ring);
            List<KeyRecord> keys = change.keys();
            if (keys != null) {
                checkCredentials(keys, ring);
            }
            return new KeyStorage.Change<>(keys == null ? null : KeyFileWriter.bytes(keys), change.result());
        });
    }

    private static void checkCredentials(List<KeyRecord> keys, KeyRing before) throws KeyStoreException {
        AccessIndex index = new AccessIndex();
        for (KeyRecord key : keys) {
            AccessIndex.Conflict conflict = index.add(key);
            if (conflict != null) {
                throw new KeyStoreException(Kind.CREDENTIAL_TAKEN, conflict.text(before));
            }
        }
    }

    private KeyRing parse(byte @Nullable [] document) throws KeyStoreException {
        if (document == null) {
            return KeyRing.EMPTY;
        }
        try {
            return KeyFileReader.read(place(), new ByteArrayInputStream(document));
        } catch (IOException e) {
            throw new UncheckedIOException("reading memory failed", e);
        }
    }

    private CreatedKey add(NewKey wanted, List<KeyRecord> keys) throws KeyStoreException {
        String name = Normalizer.normalize(wanted.name(), Normalizer.Form.NFC);
        if (!KeyNames.valid(name)) {
            throw invalid("name: " + KeyNames.shown(name) + " (expected: " + KeyNames.EXPECTED + ")");
        }
        if (name.startsWith(PresentedKey.PREFIX)) {
            throw invalid("name: " + KeyNames.shown(name) + " (expected: a name that does not look like a key)");
        }
        if (!KeyNames.valid(wanted.role())) {
            throw invalid("role: " + KeyNames.shown(wanted.role()) + " (expected: " + KeyNames.EXPECTED + ")");
        }
        Duration validFor = wanted.validFor();
        if (validFor != null && (validFor.isNegative() || validFor.isZero() || validFor.compareTo(LONGEST) > 0)) {
            throw invalid("validity: " + validFor + " (expected: more than nothing and at most " + LONGEST.toDays()
                    + " days)");
        }
        KeyRing ring = new KeyRing(keys);
        KeyRecord same = ring.byName(name);
        if (same != null && same.revoked() == null) {
            throw new KeyStoreException(
                    Kind.NAME_TAKEN,
                    "name: " + KeyNames.shown(name) + " belongs to key " + same.id()
                            + " (expected: a new name; revoking a key frees its name)");
        }
        if (ring.byId(name) != null) {
            throw new KeyStoreException(
                    Kind.NAME_TAKEN, "name: " + KeyNames.shown(name) + " is the id of a key (expected: a new name)");
        }
        String id = mint.id(taken -> ring.byId(taken) != null || ring.byName(taken) != null);
        KeyMint.Minted minted = mint.secret(id);
        Instant now = now();
        Instant expires = validFor == null ? null : now.plus(validFor);
        KeyRecord key = new KeyRecord(
                id,
                name,
                wanted.role(),
                now,
                expires,
                null,
                wanted.limits(),
                List.of(minted.stored()),
                wanted.access());
        keys.add(key);
        return new CreatedKey(key, minted.text());
    }

    private static KeyRecord find(KeyRing ring, String idOrName) throws KeyStoreException {
        // Somebody who finds a leaked key has the whole string at hand.
        PresentedKey whole = PresentedKey.parse(idOrName);
        KeyRecord key = ring.byId(whole == null ? idOrName : whole.id());
        if (key == null) {
            key = ring.byName(Normalizer.normalize(idOrName, Normalizer.Form.NFC));
        }
        if (key == null) {
            throw new KeyStoreException(Kind.NO_SUCH_KEY, "no key has the id or the name " + KeyNames.shown(idOrName));
        }
        return key;
    }

    private static List<KeyRecord> replace(KeyRing ring, KeyRecord changed) {
        List<KeyRecord> keys = new ArrayList<>(ring.records());
        keys.replaceAll(key -> key.id().equals(changed.id()) ? changed : key);
        return keys;
    }

    // Milliseconds are what is compared; more digits in the file would only be noise.
    private Instant now() {
        return Instant.ofEpochMilli(clock.epochMillis());
    }

    private static KeyStoreException invalid(String message) {
        return new KeyStoreException(Kind.INVALID, message);
    }
}
