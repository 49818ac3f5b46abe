package dev.corral.auth.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PresentedKeyTest {
    private static final long SEED = 7;
    private static final String SECRET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg";

    /** CRC-32 of the first 56 characters by zlib is 1859421556 = 21pwUG in base62, computed apart from this code. */
    private static final String KNOWN = "crl_aB3dE6gH_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg21pwUG";

    private static String fresh() {
        KeyMint mint = new KeyMint();
        return mint.secret(mint.id(id -> false)).text();
    }

    @Test
    void knownKey_hasItsKnownForm() {
        assertThat(PresentedKey.format("aB3dE6gH", SECRET)).isEqualTo(KNOWN);
        PresentedKey key = PresentedKey.parse(KNOWN);
        assertThat(key).isNotNull();
        assertThat(key.id()).isEqualTo("aB3dE6gH");
        assertThat(new String(key.ascii(), StandardCharsets.US_ASCII)).isEqualTo(KNOWN);
    }

    @Test
    void freshKeys_haveTheDocumentedFormAndNeverRepeat() {
        Set<String> keys = IntStream.range(0, 2000).mapToObj(i -> fresh()).collect(Collectors.toSet());
        assertThat(keys).hasSize(2000).allSatisfy(key -> {
            assertThat(key).hasSize(62).matches("crl_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}");
            assertThat(PresentedKey.parse(key)).isNotNull();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "crl_",
                "CRL_aB3dE6gH_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg21pwUG",
                "sk-aB3dE6gH_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg21pwUG1",
                "crl_aB3dE6gH-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg21pwUG",
                "crl_aB3dE6gH_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg21pwU",
                "crl_aB3dE6gH_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg21pwUG ",
                " crl_aB3dE6gH_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg21pwUG",
                "crl_aB3dE6gH_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg21pwUGX",
                "crl_aB3dE6gH_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef_21pwUG",
                "crl_aB3dE6gH_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg000000",
                "crl_aB3dE6gH_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefgzzzzzz",
                // full-width and accented look-alikes, and characters whose low byte is that of the right one
                "crl_aB3dE6gH_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg\uFF121pwUG",
                "crl_\u00E1B3dE6gH_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg21pwUG",
                "crl_\u0161B3dE6gH_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg21pwUG",
                "crl\u015FaB3dE6gH_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg21pwUG"
            })
    void anythingElse_isNoKey(String text) {
        assertThat(PresentedKey.parse(text)).isNull();
    }

    @Test
    void anySingleWrongCharacter_isCaughtByTheChecksum() {
        String key = fresh();
        for (int at = 0; at < key.length(); at++) {
            for (char c = 0; c < 256; c++) {
                if (c != key.charAt(at)) {
                    String typo = key.substring(0, at) + c + key.substring(at + 1);
                    assertThat(PresentedKey.parse(typo))
                            .as("%d at %d", (int) c, at)
                            .isNull();
                }
            }
        }
    }

    @Test
    void anyTwoNeighboursSwapped_areCaughtByTheChecksum() {
        Random random = new Random(SEED);
        for (int i = 0; i < 2000; i++) {
            char[] key = fresh().toCharArray();
            int at = random.nextInt(key.length - 1);
            if (key[at] != key[at + 1]) {
                char first = key[at];
                key[at] = key[at + 1];
                key[at + 1] = first;
                assertThat(PresentedKey.parse(new String(key))).isNull();
            }
        }
    }

    @Test
    void partsOfTheWrongWidth_makeNoKey() {
        assertThatThrownBy(() -> PresentedKey.format("short", SECRET)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void greatestSecret_stillFitsItsWidth() {
        byte[] greatest = new byte[32];
        Arrays.fill(greatest, (byte) 0xFF);
        assertThat(Base62.encode(greatest, PresentedKey.SECRET_LENGTH)).hasSize(43);
        assertThat(Base62.encode(new byte[32], PresentedKey.SECRET_LENGTH)).isEqualTo("0".repeat(43));
        assertThat(Base62.encode(0xFFFF_FFFFL, PresentedKey.CHECKSUM_LENGTH)).isEqualTo("4gfFC3");
    }

    @Test
    void printed_showsTheIdOnly() {
        assertThat(PresentedKey.parse(KNOWN)).hasToString("PresentedKey[aB3dE6gH]");
    }
}
