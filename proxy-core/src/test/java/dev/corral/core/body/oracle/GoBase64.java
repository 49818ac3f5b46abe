package dev.corral.core.body.oracle;

import java.util.Base64;

/** Go's {@code base64.StdEncoding}: line breaks anywhere are skipped, padding is required. */
final class GoBase64 {
    private GoBase64() {}

    static byte[] decode(String text) throws GoRefuses {
        String packed = text.replace("\r", "").replace("\n", "");
        if (packed.length() % 4 != 0) {
            throw new GoRefuses("illegal base64 data");
        }
        try {
            return Base64.getDecoder().decode(packed);
        } catch (IllegalArgumentException e) {
            throw new GoRefuses("illegal base64 data");
        }
    }
}
