package dev.corral.auth.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class Base62Test {
    private static final long SEED = 62;

    @Test
    void digits_areThoseOfAsciiAndNoOthers() {
        String digits = IntStream.rangeClosed(-1, Character.MAX_VALUE)
                .filter(Base62::isDigit)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();

        assertThat(digits).isEqualTo("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    }

    @Test
    void onlyWhatIsEncoded_isTakenForIt() {
        Random random = new Random(SEED);
        for (int i = 0; i < 100_000; i++) {
            long value = random.nextInt() & 0xffff_ffffL;
            byte[] text = ("ab" + Base62.encode(value, 6) + "c").getBytes(StandardCharsets.US_ASCII);

            assertThat(Base62.isEncoded(value, text, 2, 8)).isTrue();
            text[2 + random.nextInt(6)] ^= (byte) (1 << random.nextInt(8));
            assertThat(Base62.isEncoded(value, text, 2, 8)).isFalse();
        }
    }
}
