package dev.corral.core.body;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Forms as bytes, one character for each, and what the scanner says about them. */
final class Forms {
    static final String TYPE = "multipart/form-data; boundary=b0";
    static final String MODEL = field("model", "whisper");
    static final String FILE = part(
            "Content-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav", "RIFF");

    private Forms() {}

    /** One part of a form with the boundary of {@link #TYPE}, with its line end. */
    static String part(String head, String content) {
        return "--b0\r\n" + head + "\r\n\r\n" + content + "\r\n";
    }

    static String field(String name, String value) {
        return part("Content-Disposition: form-data; name=\"" + name + '"', value);
    }

    /** All of them, and the end. */
    static String form(String... parts) {
        return String.join("", parts) + "--b0--\r\n";
    }

    /** What the scanner makes of it: the model, or the code and the message. */
    static String verdict(String type, String body) {
        return verdict(type, List.of(body));
    }

    /** The same of a body that comes in these pieces. */
    static String verdict(String type, List<String> pieces) {
        try {
            MultipartScanner scanner = new MultipartScanner(FormBoundary.of(List.of(type)));
            for (String piece : pieces) {
                // Not at the beginning of its buffer, as what a decoder cuts out of a read.
                ByteBuf bytes = Unpooled.wrappedBuffer(("xx" + piece + "yyy").getBytes(StandardCharsets.ISO_8859_1));
                scanner.scan(bytes.slice(2, piece.length()));
            }
            scanner.end();
            return "model " + scanner.model();
        } catch (BadBody e) {
            return e.error().code().label() + ": " + e.error().message();
        }
    }

    private static String lines(String... lines) {
        return String.join("\r\n", lines);
    }

    /** What real clients sent, byte for byte, but for the audio: type, then body. */
    static Map<String, List<String>> ofRealClients() {
        Map<String, List<String>> forms = new TreeMap<>();
        forms.put(
                "curl 7.88, file first",
                List.of(
                        "multipart/form-data; boundary=------------------------e764c204b7c89e11",
                        lines(
                                "--------------------------e764c204b7c89e11",
                                "Content-Disposition: form-data; name=\"file\"; filename=\"so%22und \u00c3\u00a9.wav\"",
                                "Content-Type: application/octet-stream",
                                "",
                                "RIFFaudio",
                                "--------------------------e764c204b7c89e11",
                                "Content-Disposition: form-data; name=\"model\"",
                                "",
                                "whisper",
                                "--------------------------e764c204b7c89e11--",
                                "")));
        forms.put(
                "OpenAI Python 3.54, backslash in the file's name",
                List.of(
                        "multipart/form-data; boundary=f41c1a5d1120e2490d103c6ec77c2718",
                        lines(
                                "--f41c1a5d1120e2490d103c6ec77c2718",
                                "Content-Disposition: form-data; name=\"model\"",
                                "",
                                "whisper",
                                "--f41c1a5d1120e2490d103c6ec77c2718",
                                "Content-Disposition: form-data; name=\"timestamp_granularities[]\"",
                                "",
                                "word",
                                "--f41c1a5d1120e2490d103c6ec77c2718",
                                "Content-Disposition: form-data; name=\"file\"; filename=\"a\\\\b.wav\"",
                                "Content-Type: audio/x-wav",
                                "",
                                "RIFF",
                                "--f41c1a5d1120e2490d103c6ec77c2718--",
                                "")));
        forms.put(
                "OpenAI Node 6.49",
                List.of(
                        "multipart/form-data; boundary=openai-y3811adw39h",
                        lines(
                                "--openai-y3811adw39h",
                                "Content-Disposition: form-data; name=\"model\"",
                                "",
                                "whisper",
                                "--openai-y3811adw39h",
                                "Content-Disposition: form-data; name=\"file\"; filename=\"so%22und \u00c3\u00a9.wav\"",
                                "Content-Type: application/octet-stream",
                                "",
                                "RIFFaudio",
                                "--openai-y3811adw39h",
                                "Content-Disposition: form-data; name=\"language\"",
                                "",
                                "en",
                                "--openai-y3811adw39h--",
                                "")));
        forms.put(
                "FormData of Node 20, as in browsers",
                List.of(
                        "multipart/form-data; boundary=----formdata-undici-073138979342",
                        lines(
                                "------formdata-undici-073138979342",
                                "Content-Disposition: form-data; name=\"file\"; filename=\"a%22b.wav\"",
                                "Content-Type: application/octet-stream",
                                "",
                                "x",
                                "------formdata-undici-073138979342",
                                "Content-Disposition: form-data; name=\"model\"",
                                "",
                                "whisper",
                                "------formdata-undici-073138979342--",
                                "")));
        forms.put(
                "Go's mime/multipart, quote and backslash in the file's name",
                List.of(
                        "multipart/form-data; boundary=9d44166a8af1874beb196600efc1129d86663891f7cda3fc3fadc6cf478b",
                        lines(
                                "--9d44166a8af1874beb196600efc1129d86663891f7cda3fc3fadc6cf478b",
                                "Content-Disposition: form-data; name=\"file\"; filename=\"a\\\"b\\\\c.wav\"",
                                "Content-Type: application/octet-stream",
                                "",
                                "RIFF",
                                "--9d44166a8af1874beb196600efc1129d86663891f7cda3fc3fadc6cf478b",
                                "Content-Disposition: form-data; name=\"model\"",
                                "",
                                "whisper",
                                "--9d44166a8af1874beb196600efc1129d86663891f7cda3fc3fadc6cf478b--",
                                "")));
        return forms;
    }

    /** Of clients that were not run: as their sources write it. */
    static Map<String, List<String>> asOtherClientsWrite() {
        Map<String, List<String>> forms = new TreeMap<>();
        forms.put(
                ".NET: names without quotes, a quoted boundary, an extended file name",
                List.of(
                        "multipart/form-data; boundary=\"7a6d1f8c-1f65\"",
                        lines(
                                "--7a6d1f8c-1f65",
                                "Content-Type: text/plain; charset=utf-8",
                                "Content-Disposition: form-data; name=model",
                                "",
                                "whisper",
                                "--7a6d1f8c-1f65",
                                "Content-Disposition: form-data; name=file; filename=a.wav; filename*=utf-8''a.wav",
                                "",
                                "RIFF",
                                "--7a6d1f8c-1f65--",
                                "")));
        forms.put(
                "OkHttp 4: Content-Length in each part",
                List.of(
                        TYPE,
                        form(part("Content-Disposition: form-data; name=\"model\"\r\nContent-Length: 7", "whisper"))));
        forms.put(
                "Apache HttpClient 4, Dart: a coding that is none; charset",
                List.of(
                        "multipart/form-data; boundary=b0; charset=UTF-8",
                        form(part(
                                "Content-Disposition: form-data; name=\"model\"\r\nContent-Type: text/plain;"
                                        + " charset=UTF-8\r\nContent-Transfer-Encoding: 8bit",
                                "whisper"))));
        forms.put(
                "lower case, an empty line first, nothing behind the end",
                List.of(
                        "Multipart/Form-Data;boundary=b0",
                        "\r\n--b0\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nwhisper\r\n--b0--"));
        return forms;
    }
}
