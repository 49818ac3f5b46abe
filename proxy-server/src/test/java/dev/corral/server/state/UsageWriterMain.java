package dev.corral.server.state;

import dev.corral.auth.key.KeyStore;
import dev.corral.auth.key.KeyStoreException;
import dev.corral.auth.key.NewKey;
import dev.corral.core.spi.NanoClock;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Charges a key and creates keys until it is killed. Prints {@code USE n} before it charges up to the nth exchange,
 * {@code SAVED n} when the ledger says that n are saved, {@code KEY name} when a key was created.
 */
final class UsageWriterMain {
    static final int STEP = 10;

    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(5);

    private UsageWriterMain() {}

    /** Arguments: the directory, and a word that begins the names of keys. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        String prefix = arguments[1];
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        UsageLedger ledger = UsageLedger.start(
                SqliteUsageStore.open(directory), ZoneOffset.UTC, Duration.ofDays(400), NanoClock.SYSTEM);
        new Thread(() -> createKeys(directory, prefix, out), "keys").start();
        long told = 0;
        for (long n = STEP; ; n += STEP) {
            print(out, "USE " + n);
            for (int i = 0; i < STEP; i++) {
                ledger.finished(Used.by(prefix, "model-" + i));
            }
            long saved = ledger.stats().saved();
            if (saved != told) {
                told = saved;
                print(out, "SAVED " + saved);
            }
            LockSupport.parkNanos(PAUSE);
        }
    }

    private static void createKeys(Path directory, String prefix, OutputStream out) {
        KeyStore keys = new KeyStore(directory.resolve("keys.json"), NanoClock.SYSTEM);
        try {
            for (int n = 0; ; n++) {
                String name = prefix + "-" + n;
                keys.create(new NewKey(name, "user", null));
                print(out, "KEY " + name);
                LockSupport.parkNanos(20 * PAUSE);
            }
        } catch (KeyStoreException e) {
            print(out, "FAILED " + e.getMessage());
        }
    }

    private static void print(OutputStream out, String line) {
        try {
            synchronized (out) {
                out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
                out.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
