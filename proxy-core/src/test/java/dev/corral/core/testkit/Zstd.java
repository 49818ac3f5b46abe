package dev.corral.core.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDictCompress;

/** Bodies coded with zstd, proper and improper. */
public final class Zstd {
    private Zstd() {}

    /** One frame that tells its content's size. */
    public static Bytes frame(Bytes content) {
        return Bytes.of(com.github.luben.zstd.Zstd.compress(content.array()));
    }

    /** The same with a checksum of the content at its end. */
    public static Bytes checked(Bytes content) {
        try (ZstdCompressCtx context = new ZstdCompressCtx()) {
            return Bytes.of(context.setChecksum(true).compress(content.array()));
        }
    }

    /** A frame that needs a dictionary. */
    public static Bytes withDictionary(Bytes content) {
        byte[] words = "the quick brown fox ".repeat(20).getBytes(US_ASCII);
        try (ZstdDictCompress dictionary = new ZstdDictCompress(words, 3);
                ZstdCompressCtx context = new ZstdCompressCtx()) {
            return Bytes.of(context.loadDict(dictionary).compress(content.array()));
        }
    }

    /** A frame that names a dictionary, without need. */
    public static Bytes withDictionaryId() {
        return Bytes.of(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 1, 10 << 3, 7, 1, 0, 0});
    }

    /** A frame that demands a window of a power of two, and whose only block repeats one byte so many times. */
    public static Bytes run(int windowLog, int blocks, int blockSize) {
        Bytes frame = Bytes.of(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, (byte) ((windowLog - 10) << 3)});
        for (int i = 0; i < blocks; i++) {
            // RFC 8878 section 3.1.1.2: last block, type RLE, size.
            int header = (i == blocks - 1 ? 1 : 0) | 1 << 1 | blockSize << 3;
            frame = frame.plus(Bytes.of(new byte[] {(byte) header, (byte) (header >> 8), (byte) (header >> 16), ' '}));
        }
        return frame;
    }

    /** A frame that decoders pass over. */
    public static Bytes skippable(int length) {
        return Bytes.of(new byte[] {0x50, 0x2a, 0x4d, 0x18, (byte) length, (byte) (length >> 8), 0, 0})
                .plus(Bytes.of(new byte[length]));
    }
}
