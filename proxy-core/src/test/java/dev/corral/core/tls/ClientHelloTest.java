package dev.corral.core.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClientHelloTest {
    // Record and message have headers of five and four bytes.
    private static final int HEADERS = 9;

    private static @Nullable ClientHello parse(byte[] body) {
        ByteBuf buffer = Unpooled.wrappedBuffer(body);
        ClientHello hello = ClientHello.parse(buffer);
        assertThat(buffer.readableBytes()).isEqualTo(body.length);
        return hello;
    }

    private static byte[] body(String name, String... protocols) {
        byte[] record = Hellos.tls13(name, protocols);
        return Arrays.copyOfRange(record, HEADERS, record.length);
    }

    @Test
    void nameAndProtocols_areRead() {
        assertThat(parse(body("GPU.Lab", "h2", "http/1.1")))
                .isEqualTo(new ClientHello("gpu.lab", List.of("h2", "http/1.1")));
        assertThat(parse(body("gpu.lab"))).isEqualTo(new ClientHello("gpu.lab", List.of()));
    }

    @Test
    void whatIsCutOff_isRefusedAndNeverReadPastItsEnd() {
        byte[] whole = body("gpu.lab", "h2");
        for (int length = 0; length < whole.length; length++) {
            ClientHello hello = parse(Arrays.copyOf(whole, length));
            assertThat(hello == null || hello.equals(ClientHello.EMPTY))
                    .as("%d bytes", length)
                    .isTrue();
        }
    }

    @Test
    void anyBytes_areReadWithoutAnExceptionAndNameNoStrangeHost() {
        Random random = new Random(1);
        byte[] whole = body("gpu.lab", "h2", "http/1.1");
        for (int i = 0; i < 200_000; i++) {
            byte[] some = whole.clone();
            for (int changes = random.nextInt(8); changes >= 0; changes--) {
                some[random.nextInt(some.length)] = (byte) random.nextInt();
            }
            ClientHello hello = parse(some);
            if (hello != null && hello.serverName() != null) {
                assertThat(hello.serverName()).matches("[a-z0-9._-]{1,255}");
            }
        }
    }
}
