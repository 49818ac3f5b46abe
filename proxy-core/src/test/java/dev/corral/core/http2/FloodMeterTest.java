package dev.corral.core.http2;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.testkit.Http2Client;
import dev.corral.core.testkit.TestClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What frames cost, however the bytes are cut into pieces. */
final class FloodMeterTest {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);
    private static final byte[] PING = Http2Client.bytes(Http2Client.PING, 0, 0, new byte[8]);

    private final TestClock clock = new TestClock();
    private final FloodMeter meter = new FloodMeter(clock);

    private boolean read(byte[]... parts) {
        return meter.read(Unpooled.wrappedBuffer(parts));
    }

    /** How many of these frames go through before it is too much. */
    private int most(byte[] frame) {
        int count = 0;
        while (count < 100_000 && read(frame)) {
            count++;
        }
        return count;
    }

    @Test
    void framesOfRequests_costNothing() {
        assertThat(read(PREFACE)).isTrue();
        assertThat(most(Http2Client.bytes(Http2Client.HEADERS, 5, 1, new byte[100])))
                .isEqualTo(100_000);
        assertThat(most(Http2Client.bytes(Http2Client.DATA, 0, 1, new byte[1]))).isEqualTo(100_000);
        assertThat(most(PING)).isEqualTo(200);
    }

    @Test
    void emptyEnds_areFreeOncePerBody() {
        byte[] head = Http2Client.bytes(Http2Client.HEADERS, Http2Client.END_HEADERS, 1, new byte[100]);
        byte[] end = Http2Client.bytes(Http2Client.DATA, Http2Client.END_STREAM, 1);
        assertThat(read(PREFACE)).isTrue();
        for (int i = 0; i < 10_000; i++) {
            assertThat(read(head, end)).isTrue();
        }
        assertThat(read(head)).isTrue();
        assertThat(most(end)).isEqualTo(101);
    }

    @Test
    void piecesOfAnySize_areTheSameFrames() {
        Random random = new Random(1);
        ByteBuf all = Unpooled.buffer();
        all.writeBytes(PREFACE);
        for (int i = 0; i < 190; i++) {
            all.writeBytes(PING);
            all.writeBytes(Http2Client.bytes(Http2Client.DATA, 0, 1, new byte[1 + random.nextInt(300)]));
        }
        while (all.isReadable()) {
            assertThat(meter.read(all.readSlice(Math.min(all.readableBytes(), 1 + random.nextInt(20)))))
                    .isTrue();
        }
        assertThat(most(PING)).isEqualTo(10);
    }

    @Test
    void timeAndAnswers_fillItAgain() {
        assertThat(read(PREFACE)).isTrue();
        assertThat(most(PING)).isEqualTo(200);
        clock.advance(Duration.ofSeconds(1));
        assertThat(most(PING)).isEqualTo(19);
        clock.advance(Duration.ofHours(1));
        assertThat(most(PING)).isEqualTo(200);
        for (int i = 0; i < 100; i++) {
            meter.sentData();
        }
        assertThat(most(Http2Client.bytes(Http2Client.WINDOW_UPDATE, 0, 0, new byte[4])))
                .isEqualTo(195);
    }

    @Test
    void provokedResets_costAsMuchAsItsOwn() {
        for (int i = 0; i < 200; i++) {
            assertThat(meter.provokedReset(true)).isTrue();
        }
        assertThat(meter.provokedReset(true)).isFalse();
    }

    @Test
    void lateFrames_areFreeOnlyForStreamsThatWereCutOff() {
        for (int i = 0; i < 116; i++) {
            assertThat(meter.late()).isTrue();
        }
        assertThat(meter.late()).isFalse();
        clock.advance(Duration.ofMillis(100));
        assertThat(read(PREFACE)).isTrue();
        meter.cutOff();
        for (int i = 0; i < 16; i++) {
            assertThat(meter.late()).isTrue();
        }
        assertThat(meter.late()).isFalse();
    }
}
