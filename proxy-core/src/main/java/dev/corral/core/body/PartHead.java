package dev.corral.core.body;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The header section of one part of a form (RFC 7578 section 4).
 *
 * @param name the field's name, one character for each byte; compared exactly, as Go compares it
 * @param file whether a file name is given, even an empty one
 * @param length the length that the part itself tells; -1 for none
 */
record PartHead(String name, boolean file, long length) {
    private static final int MAX_FIELDS = 8;
    private static final int MAX_LENGTH_DIGITS = 15;
    private static final String DISPOSITION = "the Content-Disposition of a part";

    /**
     * Reads a header section.
     *
     * @param bytes complete lines, each with its CR LF, without the empty one
     */
    static PartHead parse(byte[] bytes, int size) throws BadBody {
        String text = new String(bytes, 0, size, StandardCharsets.ISO_8859_1);
        Fields fields = new Fields();
        int count = 0;
        for (int at = 0; at < size; ) {
            if (++count > MAX_FIELDS) {
                throw FormErrors.invalid("a part has more than " + MAX_FIELDS + " header fields");
            }
            int end = text.indexOf("\r\n", at);
            fields.add(text.substring(at, end));
            at = end + 2;
        }
        return fields.head();
    }

    /** What has been found so far. */
    private static final class Fields {
        private @Nullable String disposition;
        private @Nullable String contentType;
        private @Nullable String encoding;
        private @Nullable String length;

        void add(String line) throws BadBody {
            // A line that begins with a blank continues the one before for Go (net/textproto/reader.go:
            // readContinuedLineSlice); a blank before the colon makes a field that Go does not find
            // (canonicalMIMEHeaderKey). Neither is a name here.
            int colon = line.indexOf(':');
            if (colon < 0) {
                throw malformed();
            }
            for (int i = 0; i < line.length(); i++) {
                if (line.charAt(i) < ' ' || line.charAt(i) == 0x7F) {
                    throw malformed();
                }
            }
            String value = trimmed(line, colon + 1);
            switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
                case "content-disposition" -> disposition = once(disposition, value);
                case "content-type" -> contentType = once(contentType, value);
                case "content-transfer-encoding" -> encoding = once(encoding, value);
                case "content-length" -> length = once(length, value);
                default ->
                    throw FormErrors.invalid("a part has a header field that is not known here (expected:"
                            + " Content-Disposition, Content-Type)");
            }
        }

        // Go takes the first of several (textproto.MIMEHeader.Get).
        private static String once(@Nullable String before, String value) throws BadBody {
            if (before != null) {
                throw FormErrors.ambiguous("a part has a header field twice (expected: each once)");
            }
            return value;
        }

        private static String trimmed(String line, int from) {
            int start = from;
            int end = line.length();
            while (start < end && line.charAt(start) == ' ') {
                start++;
            }
            while (start < end && line.charAt(end - 1) == ' ') {
                end--;
            }
            return line.substring(start, end);
        }

        PartHead head() throws BadBody {
            if (disposition == null) {
                throw FormErrors.invalid("a part has no Content-Disposition");
            }
            checkEncoding();
            // Go does not look into it, others would.
            if (contentType != null && contentType.toLowerCase(Locale.ROOT).startsWith("multipart/")) {
                throw FormErrors.ambiguous("a part is itself of several parts (expected: one field or file)");
            }
            return named(disposition, length == null ? -1 : number(length));
        }

        // Go decodes quoted-printable and hides that it did (mime/multipart/multipart.go:newPart); it does not decode
        // base64, which others do. What says that nothing is encoded passes: RFC 7578 section 4.7 forbids it, but
        // Dart, Retrofit and Apache HttpClient send it.
        private void checkEncoding() throws BadBody {
            if (encoding != null
                    && !encoding.equalsIgnoreCase("binary")
                    && !encoding.equalsIgnoreCase("8bit")
                    && !encoding.equalsIgnoreCase("7bit")) {
                throw FormErrors.ambiguous(
                        "a part has a Content-Transfer-Encoding (expected: none, binary, 8bit or 7bit)");
            }
        }

        private static BadBody malformed() {
            return FormErrors.invalid("the header of a part is malformed");
        }

        private static long number(String digits) throws BadBody {
            if (digits.isEmpty() || digits.length() > MAX_LENGTH_DIGITS) {
                throw malformed();
            }
            long number = 0;
            for (int i = 0; i < digits.length(); i++) {
                if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
                    throw malformed();
                }
                number = number * 10 + digits.charAt(i) - '0';
            }
            return number;
        }

        private static PartHead named(String disposition, long length) throws BadBody {
            HeaderParameters parameters = new HeaderParameters(disposition, DISPOSITION);
            if (!parameters.type().equals("form-data")) {
                throw FormErrors.invalid(DISPOSITION + " is not form-data");
            }
            String name = null;
            String file = null;
            String extended = null;
            while (parameters.next()) {
                switch (parameters.name()) {
                    case "name" -> name = parameters.once(name);
                    case "filename" -> file = fileName(parameters, file);
                    // For Go it takes the place of the plain one (mime.ParseMediaType: decode2231Enc).
                    case "filename*" -> extended = extended(parameters, extended);
                    // Among them "name*" and "name*0", which Go makes a name of as well.
                    default ->
                        throw FormErrors.ambiguous(
                                DISPOSITION + " has an unusual parameter (expected: name, filename," + " filename*)");
                }
            }
            if (name == null || name.isEmpty()) {
                throw FormErrors.invalid(DISPOSITION + " has no name");
            }
            return new PartHead(name, file != null || extended != null, length);
        }

        // Backslashes pass: httpx doubles them, Go's own client and old curls put them before quotes, and the end of
        // the string is found as Go finds it.
        private static String fileName(HeaderParameters parameters, @Nullable String before) throws BadBody {
            return before == null ? parameters.value() : parameters.once(before);
        }

        private static String extended(HeaderParameters parameters, @Nullable String before) throws BadBody {
            if (parameters.quoted()) {
                throw parameters.malformed();
            }
            return parameters.once(before);
        }
    }
}
