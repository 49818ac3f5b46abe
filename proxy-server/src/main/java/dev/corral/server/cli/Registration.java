package dev.corral.server.cli;

import dev.corral.auth.key.KeyAccess;
import dev.corral.auth.key.KeyRecord;
import dev.corral.auth.key.KeyState;
import dev.corral.auth.key.KeyStoreException;
import dev.corral.auth.key.NewKey;
import dev.corral.auth.key.SshPublicKey;
import dev.corral.auth.limit.LimitSet;
import dev.corral.core.spi.CidrSet;
import dev.corral.core.spi.NanoClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Lets a credential in that is no secret: at a key there is, or at a new one without a secret. */
final class Registration {
    private static final String NEW_ONLY = " (only where the key is new)";

    @Option(names = "--role", paramLabel = "ROLE", description = "what a new key may do (default: user)")
    private @Nullable String role;

    @Option(
            names = "--expires",
            paramLabel = "DURATION",
            description = "how long a new key is good, such as 30d (default: for ever)")
    private @Nullable String expires;

    @Option(
            names = "--allow-from",
            paramLabel = "CIDR",
            split = ",",
            description = "an address or a range from which alone a new key works; may be repeated")
    private List<String> allowFrom = List.of();

    /**
     * What is stored now.
     *
     * @param created whether the key is new
     */
    record Registered(KeyRecord key, boolean created) {}

    /**
     * Adds to the key with this name, which it makes where there is none.
     *
     * @param sshKeys what opens the key beside what does already
     */
    Registered add(String name, List<SshPublicKey> sshKeys, List<String> certificates, KeyOptions.Context context)
            throws CliException, KeyStoreException {
        Duration validFor = expires == null ? null : KeyOptions.duration("--expires", expires, "30d");
        CidrSet from = AccessOptions.ranges(allowFrom);
        checkRole(context);
        KeyRecord old = existing(name, context);
        if (old == null) {
            String wanted = Objects.requireNonNullElse(role, "user");
            KeyOptions.checkRole(wanted, context.config());
            KeyAccess access = new KeyAccess(sshKeys, certificates, from);
            return new Registered(
                    context.store().register(new NewKey(name, wanted, validFor, LimitSet.NONE, access)), true);
        }
        String option =
                role != null ? "--role" : validFor != null ? "--expires" : from.isEmpty() ? null : "--allow-from";
        if (option != null) {
            throw new CliException(
                    ExitCode.USAGE, option + ": " + KeysCommand.shown(old) + " is there already" + NEW_ONLY);
        }
        KeyState state = old.state(NanoClock.SYSTEM.epochMillis());
        if (state != KeyState.ACTIVE) {
            throw new CliException(
                    ExitCode.USAGE, KeysCommand.shown(old) + " is " + state.label() + " (expected: an active key)");
        }
        return new Registered(context.store().access(old.id(), before -> grown(before, sshKeys, certificates)), false);
    }

    /** Refuses a role that there is not, even where the key is not new. */
    void checkRole(KeyOptions.Context context) throws CliException {
        if (role != null) {
            KeyOptions.checkRole(role, context.config());
        }
    }

    /** The key with this name or id that could be used, or null. */
    static @Nullable KeyRecord existing(String name, KeyOptions.Context context) throws KeyStoreException {
        try {
            KeyRecord found = context.store().find(name);
            // A revoked key frees its name; its id belongs to it for ever.
            return found.revoked() != null && !found.id().equals(name) ? null : found;
        } catch (KeyStoreException e) {
            if (e.kind() == KeyStoreException.Kind.NO_SUCH_KEY) {
                return null;
            }
            throw e;
        }
    }

    private static KeyAccess grown(KeyAccess before, List<SshPublicKey> sshKeys, List<String> certificates)
            throws KeyStoreException {
        List<SshPublicKey> allKeys = union(before.sshKeys(), sshKeys);
        List<String> allCertificates = union(before.certificates(), certificates);
        int most = Math.max(allKeys.size(), allCertificates.size());
        if (most > KeyAccess.MAX) {
            throw new KeyStoreException(
                    KeyStoreException.Kind.INVALID,
                    "credentials: " + most + " (expected: at most " + KeyAccess.MAX + " of a kind at one key)");
        }
        return new KeyAccess(allKeys, allCertificates, before.allowFrom());
    }

    private static <T> List<T> union(List<T> before, List<T> more) {
        List<T> all = new ArrayList<>(before);
        more.stream().filter(one -> !before.contains(one)).forEach(all::add);
        return all;
    }

    /** What to say of it, for people. */
    static String text(Registered registered) {
        KeyRecord key = registered.key();
        return (registered.created()
                        ? "Created " + KeysCommand.shown(key) + " with role " + key.role() + ", without a secret, good "
                                + (key.expires() == null ? "for ever" : "until " + key.expires())
                        : "Added to " + KeysCommand.shown(key))
                + "; it opens with " + AccessOptions.with(key) + ", from " + AccessOptions.from(key.access())
                + "; in force within a second.";
    }
}
