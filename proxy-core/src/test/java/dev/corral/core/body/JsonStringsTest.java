package dev.corral.core.body;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The strings that are read by the word end, or fail, exactly where those end or fail that are read by the byte. */
final class JsonStringsTest {
    private static final int WINDOW = 8 << 10;
    private static final String[] PIECES = {
        "\\n",
        "\\\"",
        "\\\\",
        "\\/",
        "\\u00e9",
        "\\uD83D\\ude00",
        "\\u0000",
        "é",
        "ï",
        "’",
        "的",
        "文",
        "\ud83d\ude00",
        "#",
        "]",
        " ",
        "!",
        "\u007f",
        "Съешь",
        "ab",
        "The quick brown fox",
        "x".repeat(31),
        "x".repeat(70)
    };
    private static final byte[][] FAULTS = {
        {'"'},
        {'\\'},
        {'\\', 'x'},
        {'\\', 'u', '0', '0', 'g', '0'},
        {'\\', 'u', '0', 'G', '0', '0'},
        {'\\', 'u', (byte) 0xb0, '0', '0', '0'},
        {'\\', 'u', '/', '0', ':', '0'},
        {'\\', 'u', '`', '0', '0', '@'},
        {'\\', 'U', '0', '0', '0', '0'},
        {'\\', '\n'},
        {0},
        {'\n'},
        {0x1f},
        {(byte) 0x80},
        {(byte) 0xbf},
        {(byte) 0xc0, (byte) 0x80},
        {(byte) 0xc1, (byte) 0xbf},
        {(byte) 0xc3},
        {(byte) 0xc3, 'x'},
        {(byte) 0xe0, (byte) 0x9f, (byte) 0xbf},
        {(byte) 0xe2, (byte) 0x80},
        {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
        {(byte) 0xf0, (byte) 0x8f, (byte) 0xbf, (byte) 0xbf},
        {(byte) 0xf0, (byte) 0x9f, (byte) 0x98},
        {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
        {(byte) 0xf5, (byte) 0x80, (byte) 0x80, (byte) 0x80},
        {(byte) 0xff},
    };

    private final JsonBytes json = new JsonBytes(4);

    @Test
    void eachPieceAndFault_atEachPlaceOfABlock_isReadAlike() {
        for (int before = 0; before < 72; before++) {
            for (String piece : PIECES) {
                compare("x".repeat(before).getBytes(StandardCharsets.UTF_8), piece.getBytes(StandardCharsets.UTF_8));
                compare("é\\n".repeat(before).getBytes(StandardCharsets.UTF_8), piece.getBytes(StandardCharsets.UTF_8));
            }
            for (byte[] fault : FAULTS) {
                compare("x".repeat(before).getBytes(StandardCharsets.UTF_8), fault);
                compare("的\\\\".repeat(before).getBytes(StandardCharsets.UTF_8), fault);
            }
        }
    }

    @Test
    void anyTwoBytesInTheMiddle_areReadAlike() {
        byte[] text = "0123456789abcdefghijklmnopqrstuvwxyz0123456789ABCDEF\"........................................"
                .getBytes(StandardCharsets.US_ASCII);
        for (int two = 0; two < 1 << 16; two++) {
            int at = 8 + two % 37;
            byte[] changed = text.clone();
            changed[at] = (byte) (two >> 8);
            changed[at + 1] = (byte) two;
            compare(changed);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void randomText_cutAnywhere_isReadAlike(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 150; round++) {
            byte[] text = text(random, 20 + random.nextInt(180), random.nextInt(3) == 0);
            for (int cut = 0; cut <= text.length; cut++) {
                compare(Arrays.copyOf(text, cut));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void longText_aroundTheEndsOfWindows_isReadAlike(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            int length = (1 + random.nextInt(3)) * WINDOW - 60 + random.nextInt(120);
            byte[] text = text(random, length, random.nextInt(4) == 0);
            compare(text);
            compare(Arrays.copyOf(text, Math.min(text.length, length - random.nextInt(60))));
        }
    }

    @Test
    void severalStringsInOneText_areReadInAnyOrder() throws BadBody {
        Random random = new Random(21);
        List<byte[]> texts =
                IntStream.range(0, 40).mapToObj(i -> text(random, 700, false)).toList();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int[] starts = new int[texts.size()];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = all.size();
            all.writeBytes(texts.get(i));
        }
        json.over(direct(all.toByteArray()));
        for (int round = 0; round < 400; round++) {
            int i = random.nextInt(starts.length);
            byte[] text = texts.get(i);
            int end = json.string(json.start() + starts[i]);

            assertThat(end - json.start() - starts[i])
                    .isEqualTo(new String(text, StandardCharsets.ISO_8859_1).lastIndexOf('"', text.length - 41));
        }
    }

    private static byte[] text(Random random, int length, boolean faulty) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int fault = faulty ? random.nextInt(length) : Integer.MAX_VALUE;
        while (out.size() < length) {
            if (out.size() >= fault) {
                out.writeBytes(FAULTS[random.nextInt(FAULTS.length)]);
                fault = Integer.MAX_VALUE;
            }
            if (random.nextInt(3) == 0) {
                out.writeBytes("y".repeat(random.nextInt(20)).getBytes(StandardCharsets.US_ASCII));
            }
            out.writeBytes(PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8));
        }
        out.write('"');
        out.writeBytes(" ".repeat(40).getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    private void compare(byte[] before, byte[] piece) {
        for (int behind : new int[] {0, 1, 2, 5, 40}) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(before);
            out.writeBytes(piece);
            out.writeBytes("z".repeat(behind).getBytes(StandardCharsets.US_ASCII));
            compare(out.toByteArray());
            out.writeBytes("\",\"next\":1}".getBytes(StandardCharsets.US_ASCII));
            compare(out.toByteArray());
        }
    }

    private void compare(byte[] text) {
        json.over(direct(text));
        String read;
        try {
            read = json.string(json.start()) - json.start() + (json.escaped() ? " escaped" : " plain");
        } catch (BadBody e) {
            read = e.error().message();
        }
        assertThat(read)
                .as(() -> new String(text, StandardCharsets.ISO_8859_1))
                .isEqualTo(new PlainString(text).read());
    }

    private static ByteBuffer direct(byte[] text) {
        // Whatever stands behind the text does not count.
        ByteBuffer buffer = ByteBuffer.allocateDirect(text.length + 3 + 80);
        buffer.position(3).put(text);
        for (int i = 0; i < 80; i++) {
            buffer.put((byte) (i % 2 == 0 ? '"' : 0x80));
        }
        return buffer.position(3).limit(3 + text.length);
    }
}
