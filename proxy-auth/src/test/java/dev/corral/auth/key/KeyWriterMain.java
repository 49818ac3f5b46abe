package dev.corral.auth.key;

import dev.corral.core.spi.NanoClock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that makes keys: arguments are file, prefix of the names, number of threads, keys per thread. Prints
 * {@code KEY secret} after each confirmed one; at a failure {@code FAILED kind message}, then {@code LEFT n}, the number
 * of keys that can be loaded.
 */
final class KeyWriterMain {
    private KeyWriterMain() {}

    public static void main(String[] args) throws Exception {
        KeyStore store = new KeyStore(Path.of(args[0]), NanoClock.SYSTEM);
        int keys = Integer.parseInt(args[3]);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(args[2]); i++) {
            String prefix = args[1] + "-" + i + "-";
            Thread thread = new Thread(() -> create(store, prefix, keys));
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void create(KeyStore store, String prefix, int keys) {
        try {
            for (int i = 0; i < keys; i++) {
                CreatedKey created = store.create(new NewKey(prefix + i, "user", null));
                print("KEY " + created.secret());
            }
        } catch (KeyStoreException e) {
            print("FAILED " + e.kind() + " " + e.getMessage());
            print("LEFT " + left(store));
        }
    }

    private static int left(KeyStore store) {
        try {
            return store.load().size();
        } catch (KeyStoreException e) {
            return -1;
        }
    }

    private static void print(String line) {
        synchronized (System.out) {
            System.out.println(line);
            System.out.flush();
        }
    }
}
