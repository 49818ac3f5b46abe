package dev.corral.core.body;

import static dev.corral.core.body.Forms.FILE;
import static dev.corral.core.body.Forms.MODEL;
import static dev.corral.core.body.Forms.TYPE;
import static dev.corral.core.body.Forms.field;
import static dev.corral.core.body.Forms.form;
import static dev.corral.core.body.Forms.part;
import static dev.corral.core.body.Forms.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MultipartScannerTest {
    private static final String DISPOSITION = "Content-Disposition: form-data; name=\"model\"";
    private static final String CUT =
            "ambiguous_body: a boundary of the form is not a line of its own, or stands in a part's content";
    private static final String EPILOGUE =
            "ambiguous_body: something follows the last boundary of the form (expected: nothing)";

    @Test
    void formsOfRealClients_areRead() {
        assertThat(Forms.ofRealClients())
                .allSatisfy((client, form) ->
                        assertThat(verdict(form.get(0), form.get(1))).isEqualTo("model whisper"));
        assertThat(Forms.asOtherClientsWrite())
                .allSatisfy((client, form) ->
                        assertThat(verdict(form.get(0), form.get(1))).isEqualTo("model whisper"));
    }

    @Test
    void otherFields_passWithAnyContent() {
        assertThat(verdict(TYPE, form(MODEL, FILE, field("prompt", "a\r\n--b\r\n\r\n-- b0\r\n"), field("prompt", ""))))
                .isEqualTo("model whisper");
        // Go's FormValue tells letter case apart.
        assertThat(verdict(TYPE, form(field("Model", "x"), MODEL, field("MODEL", "y"))))
                .isEqualTo("model whisper");
        assertThat(verdict(TYPE, form(field("mod%65l", "x"), MODEL))).isEqualTo("model whisper");
    }

    @Test
    void modelTwice_orAsFile_isAmbiguous() {
        String twice = "ambiguous_body: the form has the field \"model\" twice";
        String file = "ambiguous_body: the field \"model\" is a file (expected: text)";
        assertThat(verdict(TYPE, form(MODEL, FILE, MODEL))).isEqualTo(twice);
        assertThat(verdict(TYPE, form(field("model", ""), MODEL))).isEqualTo("invalid_body: model is required");
        assertThat(verdict(TYPE, form(part(DISPOSITION + "; filename=\"x\"", "whisper"))))
                .isEqualTo(file);
        assertThat(verdict(TYPE, form(part(DISPOSITION + "; filename=\"\"", "whisper"))))
                .isEqualTo(file);
        assertThat(verdict(TYPE, form(part(DISPOSITION + "; filename*=utf-8''x", "whisper"))))
                .isEqualTo(file);
        assertThat(verdict(TYPE, form(part(DISPOSITION + "; filename*=%", "whisper"))))
                .isEqualTo(file);
    }

    @Test
    void modelMissingOrEmpty_isRequired() {
        String required = "invalid_body: model is required";
        assertThat(verdict(TYPE, form(FILE))).isEqualTo(required);
        assertThat(verdict(TYPE, form(FILE, field("model", "")))).isEqualTo(required);
        assertThat(verdict(TYPE, "--b0--\r\n")).isEqualTo(required);
    }

    @Test
    void modelValue_isBoundedAndUtf8() {
        assertThat(verdict(TYPE, form(field("model", "m".repeat(500))))).isEqualTo("model " + "m".repeat(500));
        String invalid = "invalid_model_name: invalid model name";
        assertThat(verdict(TYPE, form(field("model", "m".repeat(1_000))))).isEqualTo(invalid);
        assertThat(verdict(TYPE, form(field("model", "m".repeat(501))))).isEqualTo(invalid);
        assertThat(verdict(TYPE, form(field("model", "a\u00ff")))).isEqualTo(invalid);
        assertThat(verdict(TYPE, form(field("model", "\u00ed\u00a0\u0080")))).isEqualTo(invalid);
        assertThat(verdict(TYPE, form(field("model", " a\r\n\u00c3\u00a9")))).isEqualTo("model  a\r\n\u00e9");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "multipart/form-data",
                "multipart/form-data; boundary=",
                "multipart/form-data; boundary=\"\"",
                "multipart/form-data; boundary=\"a b\"",
                "multipart/form-data; boundary=\"a\"; x=y",
                "multipart/form-data; boundary=a;",
                "multipart/form-data; boundary=a,b",
                "multipart/form-data; boundary=a/b",
                "multipart/form-data; boundary =a",
                "multipart/form-data; boundary= a",
                "multipart/form-data;\tboundary=a",
                "multipart/form-data; boundary=a b",
                "multipart/form-data; boundary*=utf-8''a",
                "multipart/form-data; boundary*0=a",
                "multipart/form-data boundary=a",
                "multipart/form-data, multipart/form-data; boundary=a",
                "multipart/form-data; boundary=\"a",
                "multipart/form-data; boundary=\"a#\"",
                "multipart/mixed; boundary=a",
                "application/x-www-form-urlencoded",
                "application/json; boundary=a",
                "multipart/form-dat\u00e1; boundary=a",
                "multipart/form-data; boundary=a\u00a0",
            })
    void contentType_thatIsNotExactlyAFormWithABoundary_isRefused(String type) {
        assertThat(verdict(type, form(MODEL))).startsWith("invalid_body: ");
    }

    @Test
    void boundary_hasBounds() throws BadBody {
        String longest = "-".repeat(69) + "x";
        assertThat(FormBoundary.of(List.of("multipart/form-data; boundary=" + longest)))
                .isEqualTo(longest);
        assertThat(FormBoundary.of(List.of("multipart/form-data; charset=\"utf-8\"; BOUNDARY=\"a/b:c=(d),?'\"")))
                .isEqualTo("a/b:c=(d),?'");
        assertThat(verdict("multipart/form-data; boundary=-" + longest, form(MODEL)))
                .startsWith("invalid_body: Content-Type has no usable boundary");
    }

    // Go refuses different ones and takes equal ones (mime/mediatype.go:ParseMediaType), others take first or last.
    @Test
    void boundaryTwice_isAmbiguous() {
        assertThat(verdict(TYPE + "; boundary=b1", form(MODEL))).startsWith("ambiguous_body: ");
        assertThat(verdict(TYPE + "; boundary=b0", form(MODEL))).startsWith("ambiguous_body: ");
        assertThat(verdict(TYPE + "; Boundary=\"b0\"", form(MODEL))).startsWith("ambiguous_body: ");
        assertThat(verdict("multipart/form-data; boundary=\"b\\(0\"", form(MODEL)))
                .startsWith("ambiguous_body: ");
    }

    // net/http/request.go:multipartReader takes the first of several fields.
    @Test
    void contentTypeTwice_isAmbiguous() {
        assertThat(codeOf(List.of(TYPE, TYPE))).isEqualTo("ambiguous_body");
        assertThat(codeOf(List.of())).isEqualTo("invalid_body");
    }

    private static String codeOf(List<String> types) {
        try {
            return FormBoundary.of(types);
        } catch (BadBody e) {
            return e.error().code().label();
        }
    }

    // multipart.go:nextPart skips lines before the first boundary and stops reading behind the last one.
    @Test
    void preambleAndEpilogue_areRefused() {
        String begin = "invalid_body: the form does not begin with its boundary";
        assertThat(verdict(TYPE, "hello\r\n" + form(MODEL))).isEqualTo(begin);
        assertThat(verdict(TYPE, "\r\n\r\n" + form(MODEL))).isEqualTo(begin);
        assertThat(verdict(TYPE, "\n" + form(MODEL))).isEqualTo(begin);
        assertThat(verdict(TYPE, "-" + form(MODEL))).isEqualTo(begin);
        assertThat(verdict(TYPE, "--b1\r\n" + form(MODEL))).isEqualTo(begin);
        assertThat(verdict(TYPE, form(MODEL) + "x")).isEqualTo(EPILOGUE);
        assertThat(verdict(TYPE, form(MODEL) + "\r\n")).isEqualTo(EPILOGUE);
        assertThat(verdict(TYPE, form(MODEL) + form(MODEL))).isEqualTo(EPILOGUE);
        assertThat(verdict(TYPE, MODEL + "--b0-- \r\n")).isEqualTo(EPILOGUE);
        assertThat(verdict(TYPE, MODEL + "--b0--\n")).isEqualTo(EPILOGUE);
        assertThat(verdict(TYPE, MODEL + "--b0--\rx")).isEqualTo(EPILOGUE);
        assertThat(verdict(TYPE, MODEL + "--b0---")).isEqualTo(EPILOGUE);
    }

    // skipLWSPChar, isBoundaryDelimiterLine and matchAfterPrefix: blanks are skipped, an LF may do, "--b0x" is content,
    // and a part may end before it has begun.
    @Test
    void boundaryThatIsNotALineOfItsOwn_isAmbiguous() {
        assertThat(verdict(TYPE, "--b0 \r\n" + DISPOSITION + "\r\n\r\nwhisper\r\n--b0--"))
                .isEqualTo(CUT);
        assertThat(verdict(TYPE, "--b0\t\r\n" + DISPOSITION + "\r\n\r\nwhisper\r\n--b0--"))
                .isEqualTo(CUT);
        assertThat(verdict(TYPE, "--b0\n" + DISPOSITION + "\n\nwhisper\n--b0--\n"))
                .isEqualTo(CUT);
        assertThat(verdict(TYPE, "--b0\r\r\n" + DISPOSITION + "\r\n\r\nwhisper\r\n--b0--"))
                .isEqualTo(CUT);
        assertThat(verdict(TYPE, form(field("prompt", "x\r\n--b0x"), MODEL))).isEqualTo(CUT);
        assertThat(verdict(TYPE, form(field("prompt", "x\r\n--b0-x"), MODEL))).isEqualTo(CUT);
        assertThat(verdict(TYPE, form(field("prompt", "x\r\n--b0 "), MODEL))).isEqualTo(CUT);
        assertThat(verdict(TYPE, form(field("prompt", "--b0 x"), MODEL))).isEqualTo(CUT);
        assertThat(verdict(TYPE, form(field("prompt", "--b0\r\n" + DISPOSITION + "\r\n\r\ny"), MODEL)))
                .isEqualTo(CUT);
        assertThat(verdict(TYPE, form(field("prompt", "--b0--"), MODEL))).isEqualTo(CUT);
        assertThat(verdict(TYPE, form(field("model", "x\r\n--b0x")))).isEqualTo(CUT);
    }

    @Test
    void contentThatNearlyIsABoundary_isContent() {
        for (String near :
                List.of("\r\n--b", "\r\n-b0\r\n", "\r\n\r\n--b", "\n--b0\r\n", "\r--b0", "\r\r\n--b1", "-")) {
            assertThat(verdict(TYPE, form(field("prompt", near), MODEL))).isEqualTo("model whisper");
            assertThat(verdict(TYPE, form(field("model", "x" + near)))).isEqualTo("model x" + near);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // net/textproto/reader.go:readContinuedLineSlice
                "Content-Disposition: form-data;\r\n name=\"model\"",
                " Content-Disposition: form-data; name=\"model\"",
                // canonicalMIMEHeaderKey: a name with a blank is another name
                "Content-Disposition : form-data; name=\"model\"",
                // bufio.Reader.ReadLine
                "X: y\nContent-Disposition: form-data; name=\"model\"",
                "Content-Disposition: form-data; name=\"model\"\n",
                "Content-Disposition: form-data; name=\"model\"\rX: y",
                "Content-Disposition: form-data; name=\"model\"\u0000",
                "Content-Disposition:\tform-data; name=\"model\"",
                "Content-Type: text/plain",
                "no colon",
                ": form-data; name=\"model\"",
                "X-Custom: y\r\nContent-Disposition: form-data; name=\"model\"",
                "Content-Disposition: attachment; name=\"model\"",
                "Content-Disposition: form-data",
                "Content-Disposition: form-data; name",
                "Content-Disposition: form-data; name=",
                "Content-Disposition: form-data; name=\"\"",
                "Content-Disposition: form-data; name=\"model\";",
                "Content-Disposition: form-data; name=\"model",
                "Content-Disposition: form-data; name=\"model\"x",
                "Content-Disposition: form-data; name =\"model\"",
                "Content-Disposition: form-data; name= \"model\"",
                "Content-Disposition: form-data ; name=\"model\"",
                "Content-Disposition: form-data;; name=\"model\"",
                "Content-Disposition: form-data, name=\"model\"",
                "Content-Disposition: form-data; name='mo del'",
                "Content-Disposition: form-data; name=\"model\"\r\nContent-Length: 07x",
                "Content-Disposition: form-data; name=\"model\"\r\nContent-Length:",
                "Content-Disposition: form-data; name=\"model\"\r\nContent-Length: 1234567890123456",
                "Content-Disposition: form-data; name=f; filename*=\"utf-8''x\"",
            })
    void partHead_thatIsMalformed_isInvalid(String head) {
        assertThat(verdict(TYPE, form(part(head, "whisper")))).startsWith("invalid_body: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // multipart.go:newPart decodes it and hides the field
                "Content-Disposition: form-data; name=\"model\"\r\nContent-Transfer-Encoding: Quoted-Printable",
                // Go does not decode it
                "Content-Disposition: form-data; name=\"model\"\r\nContent-Transfer-Encoding: base64",
                "Content-Disposition: form-data; name=\"model\"\r\nContent-Transfer-Encoding: 8bit x",
                // mediatype.go:decode2231Enc and the loop that stitches continuations together
                "Content-Disposition: form-data; name*=utf-8''model",
                "Content-Disposition: form-data; name=\"prompt\"; name*=utf-8''model",
                "Content-Disposition: form-data; name*0=mo; name*1=del",
                "Content-Disposition: form-data; name*0*=utf-8''mo; name*1=del",
                "Content-Disposition: form-data; name=file; filename*0=a",
                // mediatype.go:consumeValue: \( is (, \m stays
                "Content-Disposition: form-data; name=\"mo\\del\"",
                "Content-Disposition: form-data; name=\"model\\\"\"",
                // equal ones pass in Go, different ones make a part without a name, which it skips
                "Content-Disposition: form-data; name=\"model\"; name=\"model\"",
                "Content-Disposition: form-data; name=\"model\"; NAME=\"prompt\"",
                "Content-Disposition: form-data; name=f; filename=a; filename=b",
                "Content-Disposition: form-data; name=f; filename*=utf-8''a; filename*=utf-8''a",
                "Content-Disposition: form-data; name=\"model\"; size=7",
                // textproto.MIMEHeader.Get: the first
                "Content-Disposition: form-data; name=\"prompt\"\r\nContent-Disposition: form-data; name=\"model\"",
                "Content-Disposition: form-data; name=\"model\"\r\ncontent-type: a/b\r\nContent-Type: a/b",
                "Content-Disposition: form-data; name=\"model\"\r\nContent-Type: Multipart/mixed; boundary=x",
                "Content-Disposition: form-data; name=\"model\"\r\nContent-Length: 6",
            })
    void partHead_thatOthersReadDifferently_isAmbiguous(String head) {
        assertThat(verdict(TYPE, form(part(head, "whisper")))).startsWith("ambiguous_body: ");
    }

    @Test
    void fileNames_areReadAsGoReadsThem() {
        for (String name : List.of("\"a\\\"b\"", "\"a\\\\\"", "\"C:\\x\\y\"", "a.wav", "\"\"", "\"; name=model\"")) {
            String file = part("Content-Disposition: form-data; name=f; filename=" + name, "RIFF");
            assertThat(verdict(TYPE, form(file, MODEL))).isEqualTo("model whisper");
        }
        // For Go the string goes on behind the escaped quote.
        String hidden = "Content-Disposition: form-data; filename=\"a\\\"; name=\"model\"";
        assertThat(verdict(TYPE, form(part(hidden, "x"), MODEL)))
                .isEqualTo("invalid_body: the Content-Disposition of a part is malformed");
    }

    @Test
    void emptyHead_isRefused() {
        assertThat(verdict(TYPE, "--b0\r\n\r\nwhisper\r\n--b0--"))
                .isEqualTo("invalid_body: a part has no Content-Disposition");
    }

    // multipart.go:nextPart hands io.EOF out of a header that is cut off, and readForm takes that for the form's end.
    @Test
    void formThatEndsAnywhereElse_isIncomplete() {
        String whole = form(FILE, MODEL);
        int last = whole.length() - 2;
        for (int end = 0; end < last; end++) {
            assertThat(verdict(TYPE, whole.substring(0, end)))
                    .as("cut at %d", end)
                    .isEqualTo("invalid_body: the form ends before its last boundary");
        }
        assertThat(verdict(TYPE, whole.substring(0, last))).isEqualTo("model whisper");
        assertThat(verdict(TYPE, whole.substring(0, last + 1))).startsWith("invalid_body: ");
        assertThat(verdict(TYPE, whole)).isEqualTo("model whisper");
    }

    @ParameterizedTest
    @CsvSource({"100, model whisper", "101, invalid_body: the form has more than 100 parts"})
    void parts_areBounded(int parts, String expected) {
        String others = field("prompt", "x").repeat(parts - 1);
        assertThat(verdict(TYPE, form(MODEL, others))).isEqualTo(expected);
    }

    @Test
    void head_isBounded() {
        String fixed = "Content-Disposition: form-data; name=\"f\"\r\nContent-Type: ";
        String fits = "x".repeat(MultipartScanner.MAX_HEAD - fixed.length() - 4);
        assertThat(verdict(TYPE, form(part(fixed + fits, ""), MODEL))).isEqualTo("model whisper");
        assertThat(verdict(TYPE, form(part(fixed + fits + 'x', ""), MODEL)))
                .isEqualTo("invalid_body: the header of a part is larger than 4096 bytes");
    }

    @Test
    void model_isKnownOnlyWhenItsEndIsCertain() throws BadBody {
        MultipartScanner scanner = new MultipartScanner("b0");
        scan(scanner, FILE + "--b0\r\n" + DISPOSITION + "\r\n\r\nwhisper\r\n--b0");
        assertThat(scanner.model()).isNull();
        scan(scanner, "\r");
        assertThat(scanner.model()).isNull();
        scan(scanner, "\n");
        assertThat(scanner.model()).isEqualTo("whisper");
        assertThat(scanner.closed()).isFalse();
        scan(scanner, FILE.substring(6) + "--b0--");
        assertThat(scanner.closed()).isTrue();
        scanner.end();
    }

    private static void scan(MultipartScanner scanner, String text) throws BadBody {
        scanner.scan(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    @Test
    void everySplit_givesTheSameVerdict() {
        Map<String, List<String>> forms = Forms.ofRealClients();
        forms.putAll(Forms.asOtherClientsWrite());
        forms.put("near misses", List.of(TYPE, form(field("p", "\r\n--b\r\n\r\n--\r\n--b"), MODEL, FILE)));
        forms.put("a boundary in the content", List.of(TYPE, form(field("p", "x\r\n--b0x"), MODEL)));
        forms.put("a boundary at the start", List.of(TYPE, form(field("p", "--b0\r\n"), MODEL)));
        forms.put("model twice", List.of(TYPE, form(MODEL, FILE, MODEL)));
        forms.put("no model", List.of(TYPE, form(FILE)));
        forms.put("an epilogue", List.of(TYPE, form(MODEL) + "x"));
        forms.put("a long model", List.of(TYPE, form(field("model", "m".repeat(501)))));
        forms.put("wrong length", List.of(TYPE, form(part(DISPOSITION + "\r\nContent-Length: 6", "whisper"))));
        forms.forEach((name, form) -> {
            String type = form.get(0);
            String body = form.get(1);
            String whole = verdict(type, body);
            List<String> bytes = new ArrayList<>();
            for (int cut = 0; cut < body.length(); cut++) {
                assertThat(verdict(type, List.of(body.substring(0, cut), body.substring(cut))))
                        .as("%s, cut at %d", name, cut)
                        .isEqualTo(whole);
                bytes.add(body.substring(cut, cut + 1));
            }
            assertThat(verdict(type, bytes)).as(name).isEqualTo(whole);
        });
    }

    @Test
    void pieces_areOnlyBorrowed() throws BadBody {
        var piece = Unpooled.copiedBuffer(form(MODEL), StandardCharsets.ISO_8859_1);
        new MultipartScanner("b0").scan(piece);
        assertThat(piece.readerIndex()).isZero();
        assertThat(piece.refCnt()).isOne();
    }
}
