package dev.corral.auth.scheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.auth.TestRequest;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.AddressText;
import dev.corral.core.spi.AuthDecision;
import dev.corral.core.spi.AuthDecision.Denied;
import dev.corral.core.spi.AuthDecision.Granted;
import dev.corral.core.spi.AuthDecision.Later;
import dev.corral.core.spi.AuthDecision.NotMine;
import dev.corral.core.spi.Cidr;
import dev.corral.core.spi.CidrSet;
import dev.corral.core.spi.Principal;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllowedFromTest {
    private static final AuthDecision OFFICE = new Granted(new Principal("office", "office", "user"));
    private static final AuthDecision ANYWHERE = new Granted(new Principal("anywhere", "anywhere", "user"));
    private static final AuthDecision FOREIGN = new Denied(ProxyError.FOREIGN_ADDRESS);
    private static final Map<String, CidrSet> RANGES =
            Map.of("office", new CidrSet(List.of(cidr("192.168.0.0/16"), cidr("2001:db8::/32"))));

    private static Cidr cidr(String text) {
        return Objects.requireNonNull(Cidr.parse(text));
    }

    private static InetAddress ip(String text) {
        return Objects.requireNonNull(AddressText.address(text));
    }

    private static AuthDecision decide(AuthDecision schemes, String address) {
        return new AllowedFrom(request -> schemes, id -> RANGES.getOrDefault(id, CidrSet.NONE))
                .authenticate(new TestRequest().from(ip(address)));
    }

    @ParameterizedTest
    @CsvSource({
        "192.168.1.1, true",
        "2001:db8::1, true",
        "::ffff:192.168.1.1, true",
        "192.169.0.1, false",
        "127.0.0.1, false",
        "::1, false",
        "2001:db9::1, false",
    })
    void keyOfTheOffice_isGoodInTheOffice(String address, boolean good) {
        assertThat(decide(OFFICE, address)).isEqualTo(good ? OFFICE : FOREIGN);
    }

    @Test
    void keyWithoutAddresses_isGoodEverywhere() {
        assertThat(decide(ANYWHERE, "203.0.113.9")).isEqualTo(ANYWHERE);
    }

    @Test
    void laterAnswer_isHeldToTheAddressOfItsRequest() {
        CompletableFuture<AuthDecision> answer = new CompletableFuture<>();
        TestRequest request = new TestRequest().from(ip("203.0.113.9"));
        AuthDecision decision = new AllowedFrom(r -> new Later(answer), id -> RANGES.getOrDefault(id, CidrSet.NONE))
                .authenticate(request);
        request.from(ip("192.168.1.1"));
        answer.complete(OFFICE);

        assertThat(((Later) decision).answer().toCompletableFuture().join()).isEqualTo(FOREIGN);
    }

    @Test
    void whatIsNoGrant_isPassedOn() {
        AuthDecision denied = new Denied(ProxyError.UNKNOWN_KEY);
        assertThat(decide(denied, "203.0.113.9")).isEqualTo(denied);
        assertThat(decide(NotMine.INSTANCE, "203.0.113.9")).isEqualTo(NotMine.INSTANCE);
        assertThatThrownBy(() -> new AllowedFrom(
                                request -> {
                                    throw new IllegalStateException("broken");
                                },
                                id -> CidrSet.NONE)
                        .authenticate(new TestRequest()))
                .hasMessage("broken");
    }

    @Test
    void foreigner_getsTheSameAnswerAsWhoHasNoKey() {
        ProxyError foreign = ((Denied) FOREIGN).error();
        assertThat(foreign.message()).isEqualTo(ProxyError.UNKNOWN_KEY.message());
        assertThat(foreign.headers()).isEqualTo(ProxyError.UNKNOWN_KEY.headers());
        assertThat(foreign.code().publicLabel())
                .isEqualTo(ProxyError.UNKNOWN_KEY.code().publicLabel());
    }
}
