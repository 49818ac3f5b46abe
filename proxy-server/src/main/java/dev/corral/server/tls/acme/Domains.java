package dev.corral.server.tls.acme;

import dev.corral.server.config.AcmeSettings;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whether the domains lead anywhere, as far as name servers tell. Whether it is here, only the authority can see. */
public final class Domains {
    /** For all of them together: name servers that are away take longer. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private Domains() {}

    /** Asks for the addresses of a name. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] addresses(String name) throws UnknownHostException;
    }

    /** Why an authority could not connect to some of them, one line each. Blocks, for 5 seconds at most. */
    public static List<String> warnings(AcmeSettings settings) {
        return warnings(settings, InetAddress::getAllByName, PATIENCE);
    }

    static List<String> warnings(AcmeSettings settings, Resolver resolver, Duration patience) {
        List<FutureTask<InetAddress[]>> answers =
                settings.domains().stream().map(name -> asked(name, resolver)).toList();
        long deadline = System.nanoTime() + patience.toNanos();
        List<String> warnings = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            String wrong = wrong(answers.get(i), deadline, settings.caFile() == null);
            if (wrong != null) {
                warnings.add("tls.acme.domains: " + settings.domains().get(i) + " " + wrong
                        + " (expected: an address at which the authority reaches this Corral)");
            }
        }
        return warnings;
    }

    private static FutureTask<InetAddress[]> asked(String name, Resolver resolver) {
        FutureTask<InetAddress[]> answer = new FutureTask<>(() -> resolver.addresses(name));
        Thread thread = new Thread(answer, "corral-check-" + name);
        thread.setDaemon(true);
        thread.start();
        return answer;
    }

    private static @Nullable String wrong(FutureTask<InetAddress[]> answer, long deadline, boolean publicAuthority) {
        try {
            InetAddress[] found = answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            // One of one's own may well be in the same network.
            return publicAuthority && Stream.of(found).allMatch(Domains::isPrivate)
                    ? "has only addresses that nobody outside can connect to, such as " + found[0].getHostAddress()
                    : null;
        } catch (ExecutionException e) {
            return "has no address that name servers know";
        } catch (TimeoutException e) {
            return "is not known yet: name servers have not answered in time";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private static boolean isPrivate(InetAddress address) {
        // Java calls the former site-local addresses so, not the unique local ones that came after (RFC 4193).
        boolean uniqueLocal = address instanceof Inet6Address && (address.getAddress()[0] & 0xfe) == 0xfc;
        return uniqueLocal
                || address.isSiteLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isAnyLocalAddress();
    }
}
