package dev.corral.server.tls.acme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.server.config.AcmeSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DomainsTest {
    private static final Map<String, List<String>> KNOWN = Map.of(
            "public.example.org", List.of("203.0.113.5", "fd00::5"),
            "private.example.org", List.of("192.168.1.5", "fd00::5", "fe80::5"),
            "here.example.org", List.of("127.0.0.1", "::1"));

    private final CountDownLatch never = new CountDownLatch(1);

    @Test
    void domainThatLeadsSomewhere_isWell() {
        assertThat(warnings(null, "public.example.org")).isEmpty();
    }

    @Test
    void domainWithoutAddress_isNamed() {
        assertThat(warnings(null, "public.example.org", "none.example.org"))
                .containsExactly(
                        "tls.acme.domains: none.example.org has no address that name servers know (expected: an"
                                + " address at which the authority reaches this Corral)");
    }

    @Test
    void privateAddress_isOfNoUseToAPublicAuthorityOnly() {
        assertThat(warnings(null, "private.example.org", "here.example.org"))
                .hasSize(2)
                .first()
                .asString()
                .contains("only addresses that nobody outside can connect to, such as 192.168.1.5");
        assertThat(warnings(Path.of("own-ca.pem"), "private.example.org")).isEmpty();
    }

    @Test
    void nameServersThatAreAway_doNotHoldUpTheCheck() {
        assertThat(Domains.warnings(settings(null, "mute.example.org"), this::resolve, Duration.ofMillis(20)))
                .singleElement()
                .asString()
                .contains("mute.example.org is not known yet: name servers have not answered in time");
        never.countDown();
    }

    private List<String> warnings(@Nullable Path caFile, String... domains) {
        return Domains.warnings(settings(caFile, domains), this::resolve, Duration.ofSeconds(30));
    }

    private InetAddress[] resolve(String name) throws UnknownHostException {
        if (name.startsWith("mute.")) {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        List<String> addresses = KNOWN.getOrDefault(name, List.of());
        if (addresses.isEmpty()) {
            throw new UnknownHostException(name);
        }
        InetAddress[] found = new InetAddress[addresses.size()];
        for (int i = 0; i < found.length; i++) {
            found[i] = InetAddress.getByName(addresses.get(i));
        }
        return found;
    }

    private static AcmeSettings settings(@Nullable Path caFile, String... domains) {
        return new AcmeSettings(
                List.of(domains), null, AcmeSettings.LETS_ENCRYPT, caFile, true, AcmeSettings.Challenge.AUTO, null);
    }
}
