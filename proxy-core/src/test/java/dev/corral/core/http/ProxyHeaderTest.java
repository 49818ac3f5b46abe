package dev.corral.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.http.ProxyHeader.Reading;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final String REST = "GET / HTTP/1.1\r\n";

    private static byte[] text(String line) {
        return line.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Version 2: command, family, length and what follows, in hexadecimal digits. */
    private static byte[] binary(String hex) {
        return HexFormat.of().parseHex(SIGNATURE + hex.replace(" ", ""));
    }

    /** The client that the header names; the same whether it comes at once or byte by byte. */
    private static String client(byte[] header) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(header);
        whole.writeBytes(text(REST));
        ByteBuf once = Unpooled.wrappedBuffer(whole.toByteArray());
        Reading reading = ProxyHeader.read(once);
        for (int length = 0; length < header.length; length++) {
            Reading part = ProxyHeader.read(Unpooled.wrappedBuffer(header, 0, length));
            assertThat(part)
                    .as("%d bytes", length)
                    .isIn(Reading.More.INSTANCE, reading instanceof Reading.Wrong ? reading : Reading.More.INSTANCE);
        }
        if (!(reading instanceof Reading.Whole found)) {
            return reading.toString();
        }
        assertThat(once.toString(StandardCharsets.ISO_8859_1)).isEqualTo(REST);
        InetAddress address = found.client();
        return address == null ? "nobody" : address.getHostAddress();
    }

    @ParameterizedTest
    @CsvSource({
        "PROXY TCP4 203.0.113.9 10.0.0.1 56324 443, 203.0.113.9",
        "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535, 255.255.255.255",
        "PROXY TCP4 203.0.113.9 10.0.0.1 0 443, 203.0.113.9",
        "PROXY TCP6 2001:db8::9 ::1 56324 443, 2001:db8:0:0:0:0:0:9",
        "PROXY TCP6 ::ffff:203.0.113.9 ::ffff:10.0.0.1 56324 443, 203.0.113.9",
        "PROXY UNKNOWN, nobody",
        "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535, nobody",
    })
    void line_namesTheClient(String line, String expected) {
        assertThat(client(text(line + "\r\n"))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n",
                "POST / HTTP/1.1\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001",
                "proxy TCP4 203.0.113.9 10.0.0.1 1 2\r\n",
                "PROXY\r\n",
                "PROXY \r\n",
                "PROXY TCP4\r\n",
                "PROXY UNKNOWNX\r\n",
                "PROXY UDP4 203.0.113.9 10.0.0.1 1 2\r\n",
                "PROXY TCP4 203.0.113.9 10.0.0.1 1\r\n",
                "PROXY TCP4 203.0.113.9 10.0.0.1 1 2 \r\n",
                "PROXY TCP4 203.0.113.9 10.0.0.1 1 2 3\r\n",
                "PROXY TCP4  203.0.113.9 10.0.0.1 1 2\r\n",
                "PROXY  TCP4 203.0.113.9 10.0.0.1 1 2\r\n",
                "PROXY TCP4 203.0.113.9 10.0.0.1 1 2\n",
                "PROXY TCP4 203.0.113.9 10.0.0.1 1\r2\r\n",
                "PROXY TCP4 203.0.113.9 10.0.0.1 1 65536\r\n",
                "PROXY TCP4 203.0.113.9 10.0.0.1 01 2\r\n",
                "PROXY TCP4 203.0.113.9 10.0.0.1 -1 2\r\n",
                "PROXY TCP4 203.0.113.9 10.0.0.1 1 x\r\n",
                "PROXY TCP4 203.0.113.009 10.0.0.1 1 2\r\n",
                "PROXY TCP4 localhost 10.0.0.1 1 2\r\n",
                "PROXY TCP4 203.0.113.9 here 1 2\r\n",
                "PROXY TCP4 2001:db8::9 ::1 1 2\r\n",
                "PROXY TCP6 203.0.113.9 10.0.0.1 1 2\r\n",
                "PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n",
            })
    void somethingElse_isWrong(String line) {
        assertThat(client(text(line))).isEqualTo("INSTANCE");
        assertThat(ProxyHeader.read(Unpooled.wrappedBuffer(text(line)))).isEqualTo(Reading.Wrong.INSTANCE);
    }

    @Test
    void lineWithoutEnd_isWrongAfter107Bytes() {
        String long106 = "PROXY UNKNOWN " + "x".repeat(92);
        assertThat(ProxyHeader.read(Unpooled.wrappedBuffer(text(long106)))).isEqualTo(Reading.More.INSTANCE);
        assertThat(ProxyHeader.read(Unpooled.wrappedBuffer(text(long106 + "x"))))
                .isEqualTo(Reading.Wrong.INSTANCE);
        assertThat(client(text("PROXY UNKNOWN " + "x".repeat(91) + "\r\n"))).isEqualTo("nobody");
    }

    @ParameterizedTest
    @CsvSource({
        "21 11 000c cb007109 0a000001 dc04 01bb, 203.0.113.9",
        "21 21 0024 20010db8000000000000000000000009 00000000000000000000000000000001 dc04 01bb, 2001:db8:0:0:0:0:0:9",
        "21 21 0024 00000000000000000000ffffcb007109 00000000000000000000000000000001 dc04 01bb, 203.0.113.9",
        // Additions are not looked at, not even broken ones.
        "21 11 0013 cb007109 0a000001 dc04 01bb 04000400000000, 203.0.113.9",
        "21 11 000e cb007109 0a000001 dc04 01bb 20ff, 203.0.113.9",
        "20 00 0000, nobody",
        "20 11 000c 7f000001 7f000001 0001 0002, nobody",
        "20 ff 0003 010203, nobody",
        "21 00 0000, nobody",
        "21 00 0002 abcd, nobody",
    })
    void block_namesTheClient(String hex, String expected) {
        assertThat(client(binary(hex))).isEqualTo(expected);
    }

    @Test
    void localSocket_namesNobody() {
        assertThat(client(binary("21 31 00d8" + "61".repeat(216)))).isEqualTo("nobody");
    }

    @Test
    void additions_areTakenUpTo4KiB() {
        String addresses = "cb007109 0a000001 dc04 01bb";
        assertThat(client(binary("21 11 1000" + addresses + "00".repeat(4084)))).isEqualTo("203.0.113.9");
        assertThat(ProxyHeader.read(Unpooled.wrappedBuffer(binary("21 11 1001"))))
                .as("before the rest has come")
                .isEqualTo(Reading.Wrong.INSTANCE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "11 11 000c cb007109 0a000001 dc04 01bb",
                "31 11 000c cb007109 0a000001 dc04 01bb",
                "22 11 000c cb007109 0a000001 dc04 01bb",
                "21 12 000c cb007109 0a000001 dc04 01bb",
                "21 22 0024 cb007109 0a000001 dc04 01bb",
                "21 10 000c cb007109 0a000001 dc04 01bb",
                "21 41 000c cb007109 0a000001 dc04 01bb",
                "21 11 000b cb007109 0a000001 dc04 01",
                "21 21 000c cb007109 0a000001 dc04 01bb",
                "21 31 00d7",
                "20 00 ffff"
            })
    void blockOfAnotherKind_isWrong(String hex) {
        assertThat(ProxyHeader.read(Unpooled.wrappedBuffer(binary(hex)))).isEqualTo(Reading.Wrong.INSTANCE);
    }

    @Test
    void noBytes_makeItThrowOrConsumeWhatIsNoHeader() {
        Random random = new Random(11);
        byte[][] seeds = {
            text("PROXY TCP4 203.0.113.9 10.0.0.1 56324 443\r\n"), binary("21 11 000c cb007109 0a000001 dc04 01bb")
        };
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = seeds[i % 2].clone();
            for (int n = random.nextInt(3); n >= 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            ByteBuf in = Unpooled.wrappedBuffer(bytes);
            if (!(ProxyHeader.read(in) instanceof Reading.Whole)) {
                assertThat(in.readerIndex()).isZero();
            }
        }
    }
}
