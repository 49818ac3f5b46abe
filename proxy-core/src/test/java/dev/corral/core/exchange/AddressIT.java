package dev.corral.core.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CoreSettings.Transport;
import dev.corral.core.EdgeSettings;
import dev.corral.core.LockOutSettings;
import dev.corral.core.error.ErrorCode;
import dev.corral.core.spi.Cidr;
import dev.corral.core.spi.CidrSet;
import dev.corral.core.spi.ExchangeSummary;
import dev.corral.core.testkit.Authenticators;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.Bytes;
import dev.corral.core.testkit.CoreFixture;
import dev.corral.core.testkit.CoreSetup;
import dev.corral.core.testkit.Deadline;
import dev.corral.core.testkit.EachTransport;
import dev.corral.core.testkit.NothingLeft;
import dev.corral.core.testkit.RawClient;
import dev.corral.core.testkit.Requests;
import dev.corral.core.testkit.Response;
import dev.corral.core.testkit.TestClock;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whom a request is attributed to, who may come at all, and what becomes of who guesses. */
@ExtendWith(NothingLeft.class)
final class AddressIT {
    private static final String LINE = "PROXY TCP4 203.0.113.9 10.0.0.1 56324 443\r\n";
    private static final String KEY = "Authorization: Bearer good";
    private static final String BAD = "Authorization: Bearer bad";

    private static CidrSet ranges(String... ranges) {
        return new CidrSet(Stream.of(ranges)
                .map(range -> Objects.requireNonNull(Cidr.parse(range)))
                .toList());
    }

    private static EdgeSettings edge(boolean proxyProtocol, CidrSet trusted, CidrSet allow, CidrSet deny) {
        return new EdgeSettings(false, proxyProtocol, List.of(), trusted, allow, deny, LockOutSettings.DEFAULTS, false);
    }

    private static Response ask(RawClient client, String request) throws IOException {
        client.send(request);
        return client.read("GET");
    }

    private static void assertClosed(RawClient client) throws IOException {
        assertThat(client.awaitClosed(Duration.ofSeconds(5))).isNotNull();
    }

    private static String from(String forwardedFor) {
        return Requests.get("/api/tags", "X-Forwarded-For: " + forwardedFor);
    }

    private static List<String> addresses(List<ExchangeSummary> summaries) {
        return summaries.stream()
                .map(summary -> summary.clientAddress().getHostAddress())
                .toList();
    }

    @EachTransport
    void eachRequestOfATrustedProxy_isWhoItIsFor(Transport transport) throws IOException {
        EdgeSettings edge = edge(false, ranges("127.0.0.1"), CidrSet.NONE, CidrSet.NONE);
        try (CoreFixture fixture = CoreSetup.on(transport).edge(edge).start()) {
            RawClient client = fixture.client();
            assertThat(ask(client, from("198.51.100.1, 203.0.113.9")).status()).isEqualTo(200);
            assertThat(ask(client, from("2001:db8::9")).status()).isEqualTo(200);
            assertThat(ask(client, Requests.get("/api/tags")).status()).isEqualTo(200);
            Response garbage = ask(client, from("unknown"));
            assertThat(garbage.status()).isEqualTo(400);
            assertThat(garbage.header("X-Corral-Code")).isEqualTo("bad_framing");
            assertThat(addresses(fixture.observed().await(4)))
                    .containsExactly("203.0.113.9", "2001:db8:0:0:0:0:0:9", "127.0.0.1", "127.0.0.1");
            assertThat(fixture.ollama().requests())
                    .extracting(request -> request.header("X-Forwarded-For"))
                    .containsExactly("203.0.113.9", "2001:db8::9", "127.0.0.1");
        }
    }

    @EachTransport
    void whatAStrangerClaims_isNotBelieved(Transport transport) throws IOException {
        try (CoreFixture fixture = CoreSetup.on(transport).start()) {
            assertThat(ask(fixture.client(), from("203.0.113.9")).status()).isEqualTo(200);
            assertThat(addresses(fixture.observed().await(1))).containsExactly("127.0.0.1");
            assertThat(fixture.ollama().requests().get(0).header("X-Forwarded-For"))
                    .isEqualTo("127.0.0.1");
        }
    }

    @EachTransport
    void forbiddenClientOfATrustedProxy_getsA403_andOthersOnTheSameConnectionAreServed(Transport transport)
            throws IOException {
        EdgeSettings edge =
                edge(false, ranges("127.0.0.1"), ranges("203.0.113.0/24", "127.0.0.1"), ranges("203.0.113.66"));
        try (CoreFixture fixture = CoreSetup.on(transport).edge(edge).start()) {
            RawClient client = fixture.client();
            for (String refused : List.of("198.51.100.1", "203.0.113.66", "2001:db8::1")) {
                Response response = ask(client, from(refused));
                assertThat(response.status()).isEqualTo(403);
                assertThat(response.header("X-Corral-Code")).isEqualTo("forbidden_address");
            }
            assertThat(ask(client, from("203.0.113.9")).status()).isEqualTo(200);
            assertThat(fixture.ollama().requests()).hasSize(1);
            assertThat(fixture.observed().await(4))
                    .filteredOn(summary -> summary.error() != null)
                    .hasSize(3)
                    .allMatch(summary -> Objects.requireNonNull(summary.error()).code() == ErrorCode.FORBIDDEN_ADDRESS);
        }
    }

    @EachTransport
    void forbiddenPeer_isClosedUnanswered(Transport transport) throws IOException {
        for (EdgeSettings edge : List.of(
                edge(false, CidrSet.NONE, ranges("203.0.113.0/24"), CidrSet.NONE),
                edge(false, CidrSet.NONE, CidrSet.NONE, ranges("127.0.0.0/8")))) {
            try (CoreFixture fixture = CoreSetup.on(transport).edge(edge).start()) {
                assertClosed(fixture.client());
                assertThat(fixture.observed().forbiddenConnections()).isEqualTo(1);
                assertThat(fixture.stats().clientConnections()).isZero();
            }
        }
    }

    @EachTransport
    void trustedProxy_isNotHeldToTheConnectionsOfOneAddress(Transport transport) throws IOException {
        EdgeSettings edge = edge(false, ranges("127.0.0.1"), CidrSet.NONE, CidrSet.NONE);
        try (CoreFixture fixture =
                CoreSetup.on(transport).connections(10, 1).edge(edge).start()) {
            for (int i = 0; i < 3; i++) {
                assertThat(ask(fixture.client(), from("203.0.113.9")).status()).isEqualTo(200);
            }
        }
    }

    @EachTransport
    void proxyProtocol_namesTheClientOfTheWholeConnection(Transport transport) throws IOException {
        EdgeSettings edge = edge(true, ranges("127.0.0.1"), CidrSet.NONE, CidrSet.NONE);
        try (CoreFixture fixture = CoreSetup.on(transport).edge(edge).start()) {
            RawClient client = fixture.client();
            assertThat(ask(client, LINE + from("198.51.100.1")).status()).isEqualTo(200);
            assertThat(ask(client, Requests.get("/api/tags")).status()).isEqualTo(200);
            RawClient binary = fixture.client();
            binary.send(
                    Bytes.of(HexFormat.of().parseHex("0d0a0d0a000d0a515549540a" + "2111000ccb00710a0a000001dc0401bb")));
            assertThat(ask(binary, Requests.get("/api/tags")).status()).isEqualTo(200);
            assertThat(ask(fixture.client(), "PROXY UNKNOWN\r\n" + from("198.51.100.7"))
                            .status())
                    .isEqualTo(200);
            assertThat(addresses(fixture.observed().await(4)))
                    .containsExactly("203.0.113.9", "203.0.113.9", "203.0.113.10", "198.51.100.7");
        }
    }

    @EachTransport
    void connectionWithoutProxyHeader_isClosed(Transport transport) throws IOException {
        EdgeSettings edge = edge(true, CidrSet.NONE, CidrSet.NONE, CidrSet.NONE);
        try (CoreFixture fixture = CoreSetup.on(transport)
                .edge(edge)
                .deadline(Deadline.HEADERS, Duration.ofMillis(200))
                .start()) {
            RawClient plain = fixture.client();
            plain.send(Requests.get("/api/tags"));
            assertClosed(plain);
            assertClosed(fixture.client());
            assertThat(fixture.observed().forbiddenConnections()).isEqualTo(2);
            assertThat(fixture.ollama().requests()).isEmpty();
        }
    }

    @EachTransport
    void proxyProtocolOfAPeerThatIsNotTrusted_isClosed(Transport transport) throws IOException {
        EdgeSettings edge = edge(true, ranges("10.0.0.0/8"), CidrSet.NONE, CidrSet.NONE);
        try (CoreFixture fixture = CoreSetup.on(transport).edge(edge).start()) {
            assertClosed(fixture.client());
            assertThat(fixture.stats().clientConnections()).isZero();
        }
    }

    @EachTransport
    void clientThatAProxyHeaderNames_isHeldToTheRangesAndToItsConnections(Transport transport) throws IOException {
        EdgeSettings edge = edge(true, ranges("127.0.0.1"), ranges("203.0.113.0/24"), CidrSet.NONE);
        try (CoreFixture fixture =
                CoreSetup.on(transport).connections(10, 1).edge(edge).start()) {
            RawClient far = fixture.client();
            far.send(LINE.replace("203.0.113.9", "198.51.100.1") + Requests.get("/api/tags"));
            assertClosed(far);
            RawClient first = fixture.client();
            assertThat(ask(first, LINE + Requests.get("/api/tags")).status()).isEqualTo(200);
            RawClient second = fixture.client();
            second.send(LINE + Requests.get("/api/tags"));
            assertClosed(second);
            assertThat(ask(fixture.client(), LINE.replace("203.0.113.9", "203.0.113.10") + Requests.get("/api/tags"))
                            .status())
                    .isEqualTo(200);
            Await.until("two are left", () -> fixture.stats().clientConnections() == 2);
        }
    }

    @EachTransport
    void guessingAddress_isLockedOut_whileGoodKeysBehindItAndOtherAddressesGoOn(Transport transport)
            throws IOException {
        TestClock clock = new TestClock();
        EdgeSettings edge = new EdgeSettings(
                false,
                false,
                List.of(),
                ranges("127.0.0.1"),
                CidrSet.NONE,
                CidrSet.NONE,
                new LockOutSettings(true, 3, Duration.ofMinutes(1), Duration.ofHours(1)),
                false);
        try (CoreFixture fixture = CoreSetup.on(transport)
                .clock(clock)
                .edge(edge)
                .authenticator(Authenticators.byAuthorization(Map.of("Bearer good", Authenticators.USER)))
                .start()) {
            RawClient client = fixture.client();
            String guess = Requests.get("/api/tags", "X-Forwarded-For: 203.0.113.9", BAD);
            for (int i = 0; i < 3; i++) {
                assertThat(ask(client, guess).status()).isEqualTo(401);
            }
            Response locked = ask(client, guess);
            assertThat(locked.status()).isEqualTo(429);
            assertThat(locked.header("X-Corral-Code")).isEqualTo("locked_out");
            assertThat(locked.header("Retry-After")).isEqualTo("60");
            assertThat(locked.header("WWW-Authenticate")).isNull();
            assertThat(fixture.observed().lockedOut()).containsExactly("203.0.113.9 PT1M");
            assertThat(fixture.core().lockedOutAddresses()).isEqualTo(1);

            assertThat(ask(client, Requests.get("/api/tags", "X-Forwarded-For: 203.0.113.9", KEY))
                            .status())
                    .as("a good key")
                    .isEqualTo(200);
            assertThat(ask(client, Requests.get("/api/tags", "X-Forwarded-For: 203.0.113.9"))
                            .status())
                    .as("no key is no guess")
                    .isEqualTo(401);
            assertThat(ask(client, Requests.get("/api/tags", "X-Forwarded-For: 203.0.113.10", BAD))
                            .status())
                    .as("another address")
                    .isEqualTo(401);
            clock.advance(Duration.ofMinutes(1));
            assertThat(ask(client, guess).status()).isEqualTo(401);
            assertThat(fixture.core().lockedOutAddresses()).isZero();
        }
    }

    @EachTransport
    void lockOutThatIsOff_locksNobodyOut(Transport transport) throws IOException {
        EdgeSettings edge = new EdgeSettings(
                false,
                false,
                List.of(),
                CidrSet.NONE,
                CidrSet.NONE,
                CidrSet.NONE,
                new LockOutSettings(false, 1, Duration.ofMinutes(1), Duration.ofHours(1)),
                false);
        try (CoreFixture fixture = CoreSetup.on(transport)
                .edge(edge)
                .authenticator(Authenticators.byAuthorization(Map.of()))
                .start()) {
            RawClient client = fixture.client();
            for (int i = 0; i < 30; i++) {
                assertThat(ask(client, Requests.get("/api/tags", BAD)).status()).isEqualTo(401);
            }
        }
    }
}
