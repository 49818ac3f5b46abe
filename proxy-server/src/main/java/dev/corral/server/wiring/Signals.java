package dev.corral.server.wiring;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signals that ask a program to end. The JVM's own handling would begin to shut down at once, and would not tell of
 * a second signal.
 *
 * <p>{@code sun.misc.Signal} is in every JDK since 1.2 but in no specification; it is reached by reflection because the
 * compiler warns of it and cannot be told not to.
 */
public final class Signals {
    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    private Signals() {}

    /**
     * Takes over the signals.
     *
     * @param handler told the signal's name, such as {@code SIGTERM}, on a new thread each time
     * @return false where this Java does not let us
     */
    public static boolean handle(Consumer<String> handler) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> signalHandler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    signalHandler.getClassLoader(), new Class<?>[] {signalHandler}, (self, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            handler.accept("SIG" + signal.getMethod("getName").invoke(arguments[0]));
                            return null;
                        }
                        // Object's own methods: collections of handlers ask for them.
                        return switch (method.getName()) {
                            case "equals" -> self == arguments[0];
                            case "hashCode" -> System.identityHashCode(self);
                            default -> "Corral's handler of signals";
                        };
                    });
            for (String name : new String[] {"TERM", "INT", "HUP"}) {
                Object one = signal.getConstructor(String.class).newInstance(name);
                signal.getMethod("handle", signal, signalHandler).invoke(null, one, proxy);
            }
            return true;
        } catch (ReflectiveOperationException e) {
            Throwable cause = e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e;
            LOG.warn("signals cannot be handled ({}): the program ends without draining", cause.toString());
            return false;
        }
    }
}
