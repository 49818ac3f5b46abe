package dev.corral.server.connect;

import dev.corral.core.CoreWiring;
import dev.corral.core.ProxyCore;
import dev.corral.core.policy.RolePolicies;
import dev.corral.core.spi.Accounts;
import dev.corral.core.spi.ExchangeObserver;
import dev.corral.core.spi.Limiter;
import dev.corral.core.spi.NanoClock;
import dev.corral.server.connect.ConnectException.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The data path of {@code corral connect}: everybody on this machine is let in as one caller, nothing is judged, counted
 * or kept, and the other Corral decides.
 */
public final class LocalHelper implements AutoCloseable {
    private final ConnectSettings settings;
    private final ProxyCore core;
    private final InetSocketAddress address;
    private final Reachability reachability;

    private LocalHelper(
            ConnectSettings settings, ProxyCore core, InetSocketAddress address, Reachability reachability) {
        this.settings = settings;
        this.core = core;
        this.address = address;
        this.reachability = reachability;
    }

    /**
     * Begins to listen.
     *
     * @throws ConnectException with nothing left running
     */
    public static LocalHelper start(ConnectSettings settings) throws ConnectException {
        if (settings.url().is(settings.listen())) {
            throw new ConnectException(
                    Reason.USAGE,
                    settings.url().shown() + " is where this would listen itself: name the other Corral, or another"
                            + " address with --listen");
        }
        Reachability reachability = new Reachability(settings.url());
        ProxyCore core = ProxyCore.create(wiring(settings, reachability));
        try {
            return new LocalHelper(settings, core, core.bind(), reachability);
        } catch (IOException e) {
            core.close();
            throw taken(settings.listen(), e);
        }
    }

    private static CoreWiring wiring(ConnectSettings settings, ExchangeObserver observer) {
        return new CoreWiring(
                settings.core(),
                new LocalCaller(),
                List.of(),
                Limiter.NONE,
                principal -> 1,
                account(settings.url()),
                RolePolicies.OPEN,
                false,
                observer,
                NanoClock.SYSTEM,
                null);
    }

    // Limits are kept where the key is.
    private static Accounts account(RemoteUrl url) {
        String text = "{\"connected_to\":\"" + url.shown() + "\"}\n";
        return (principal, queue) -> CompletableFuture.completedFuture(text);
    }

    private static ConnectException taken(LocalAddress address, IOException e) {
        String greeting = address.port() == 0 ? "" : RemoteAnswer.greeting(address.socketAddress());
        String who = greeting.startsWith("Ollama")
                ? "an Ollama runs on this machine. Stop it (systemctl stop ollama, or quit the app), or choose another"
                        + " port"
                : greeting.startsWith("Corral")
                        ? "a Corral or another corral connect listens there. Use that one, or choose another port"
                        : "another program listens there, or it is not permitted. Choose another port";
        return new ConnectException(
                Reason.UNAVAILABLE,
                "cannot listen on " + address.text() + ": " + who
                        + ", such as --listen 127.0.0.1:11500, and tell programs: OLLAMA_HOST=http://127.0.0.1:11500",
                e);
    }

    /** Where programs connect, with the real port. */
    public InetSocketAddress address() {
        return address;
    }

    /** What programs call it by. */
    public String url() {
        return "http://" + new LocalAddress(settings.listen().host(), address.getPort()).text();
    }

    /**
     * Asks the other side whether it is there and takes the credential; before that, where it can be left out, whether it
     * wants one at all: from one that does not it is kept back, until an answer says otherwise. Takes seconds at most.
     */
    public Standing ask(LiveCredential credential) throws InterruptedException {
        Standing standing = standing(credential);
        credential.keepBack(standing.kind() == Standing.Kind.UNGUARDED);
        reachability.know(standing);
        return standing;
    }

    private Standing standing(LiveCredential credential) throws InterruptedException {
        if (!credential.current().sent()) {
            RemoteAnswer answer = RemoteAnswer.of(address);
            return Standing.of(answer, answer.reached(), true);
        }
        RemoteAnswer without = askWithout();
        if (without.accepted()) {
            return new Standing(Standing.Kind.UNGUARDED, without, true);
        }
        if (!without.reached()) {
            return new Standing(Standing.Kind.AWAY, without, true);
        }
        credential.keepBack(false);
        // It is there, whatever it answers now: 502 is its own, for an Ollama that is away.
        return Standing.of(RemoteAnswer.of(address), true, without.corral());
    }

    private RemoteAnswer askWithout() throws InterruptedException {
        ProxyCore bare = ProxyCore.create(wiring(settings.bare(), ExchangeObserver.NONE));
        try {
            return RemoteAnswer.of(bare.bind());
        } catch (IOException e) {
            return new RemoteAnswer(0, "this machine has no port left to ask from", "", false);
        } finally {
            bare.close();
        }
    }

    /** Whether an answer to a program spoke against what was last found by asking. */
    public boolean news() {
        return reachability.news();
    }

    /** Lets running answers finish, but not for long. */
    public void drain() throws InterruptedException {
        try {
            core.drain(settings.core().timeouts().drain()).toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Closes everything at once. Idempotent. */
    @Override
    public void close() {
        core.close();
    }
}
