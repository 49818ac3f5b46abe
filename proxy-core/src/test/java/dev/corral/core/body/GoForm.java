package dev.corral.core.body;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How Go 1.26 reads a form: {@code net/http:Request.ParseMultipartForm} and then {@code FormValue("model")}, on a whole
 * body, patiently where Go is patient. Written from Go's sources, which its methods name, independently of the
 * scanner; one character for each byte. A differential test holds it against Go itself.
 */
final class GoForm {
    private static final int LINE_BUFFER = 4096;
    private static final int MAX_PARTS = 1000;

    private final String body;
    private final String dashBoundary;
    private String nl = "\r\n";
    private int at;
    private boolean printable;

    private GoForm(String body, String boundary) {
        this.body = body;
        this.dashBoundary = "--" + boundary;
    }

    /**
     * The value of the first field of that name, empty where there is none; null where Go finds no form at all. Behind
     * {@code "quoted-printable "} if a part is written so, which is not decoded here, and which Go may yet refuse.
     */
    static @Nullable String model(String type, String body) {
        GoMediaType media = GoMediaType.parse(type);
        if (media == null || !media.type().equals("multipart/form-data")) {
            return null;
        }
        String boundary = media.parameters().get("boundary");
        return boundary == null || boundary.isEmpty() ? null : new GoForm(body, boundary).model();
    }

    // mime/multipart/formdata.go:readForm
    private @Nullable String model() {
        String model = null;
        for (int parts = 0; ; parts++) {
            Next next = nextPart(parts);
            if (next == Next.ERROR) {
                return null;
            }
            if (next == Next.END) {
                return value(model);
            }
            Map<String, String> header = readMimeHeader();
            if (header == null) {
                return null;
            }
            if (header.containsKey("")) {
                // The end of the body in a header looks like the end of the form.
                return value(model);
            }
            if (parts >= MAX_PARTS) {
                return null;
            }
            int start = at;
            if (!skipContent()) {
                return null;
            }
            printable |= header.getOrDefault("Content-Transfer-Encoding", "").equalsIgnoreCase("quoted-printable");
            GoMediaType disposition = GoMediaType.parse(header.getOrDefault("Content-Disposition", ""));
            if (disposition == null || !disposition.type().equals("form-data")) {
                continue;
            }
            boolean file =
                    !disposition.parameters().getOrDefault("filename", "").isEmpty();
            if (model == null
                    && !file
                    && "model".equals(disposition.parameters().get("name"))) {
                model = body.substring(start, at);
            }
        }
    }

    private String value(@Nullable String model) {
        return (printable ? "quoted-printable " : "") + (model == null ? "" : model);
    }

    private enum Next {
        PART,
        END,
        ERROR
    }

    // mime/multipart/multipart.go:nextPart
    private Next nextPart(int parts) {
        boolean expectNewPart = false;
        while (true) {
            int lf = body.indexOf('\n', at);
            String line = lf < 0 ? body.substring(at) : body.substring(at, lf + 1);
            if (line.length() > LINE_BUFFER) {
                return Next.ERROR;
            }
            if (lf < 0) {
                return isFinalBoundary(line) ? Next.END : Next.ERROR;
            }
            at = lf + 1;
            if (isDelimiter(line, parts)) {
                return Next.PART;
            }
            if (isFinalBoundary(line)) {
                return Next.END;
            }
            if (expectNewPart) {
                return Next.ERROR;
            }
            if (parts > 0) {
                if (!line.equals(nl)) {
                    return Next.ERROR;
                }
                expectNewPart = true;
            }
        }
    }

    private boolean isFinalBoundary(String line) {
        if (!line.startsWith(dashBoundary + "--")) {
            return false;
        }
        String rest = skipBlanks(line.substring(dashBoundary.length() + 2));
        return rest.isEmpty() || rest.equals(nl);
    }

    private boolean isDelimiter(String line, int parts) {
        if (!line.startsWith(dashBoundary)) {
            return false;
        }
        String rest = skipBlanks(line.substring(dashBoundary.length()));
        if (parts == 0 && rest.equals("\n")) {
            nl = "\n";
        }
        return rest.equals(nl);
    }

    private static String skipBlanks(String text) {
        int from = 0;
        while (from < text.length() && blank(text.charAt(from))) {
            from++;
        }
        return text.substring(from);
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t';
    }

    // multipart.go:scanUntilBoundary, with all of the body in sight
    private boolean skipContent() {
        if (body.startsWith(dashBoundary, at) && endsPart(at + dashBoundary.length())) {
            return true;
        }
        String delimiter = nl + dashBoundary;
        for (int hit = body.indexOf(delimiter, at); hit >= 0; hit = body.indexOf(delimiter, hit + 1)) {
            if (endsPart(hit + delimiter.length())) {
                at = hit;
                return true;
            }
        }
        return false;
    }

    // multipart.go:matchAfterPrefix
    private boolean endsPart(int behind) {
        return behind == body.length() || " \t\r\n".indexOf(body.charAt(behind)) >= 0 || body.startsWith("--", behind);
    }

    // net/textproto/reader.go:readMIMEHeader; null for an error, the name "" for the end of the body
    private @Nullable Map<String, String> readMimeHeader() {
        Map<String, String> header = new HashMap<>();
        if (at < body.length() && blank(body.charAt(at))) {
            return null;
        }
        while (true) {
            String line = readLine();
            if (line == null) {
                header.put("", "");
                return header;
            }
            if (line.isEmpty()) {
                return header;
            }
            if (line.indexOf(':') < 0) {
                return null;
            }
            StringBuilder joined = new StringBuilder(trim(line));
            while (at < body.length() && blank(body.charAt(at))) {
                while (at < body.length() && blank(body.charAt(at))) {
                    at++;
                }
                joined.append(' ');
                String more = readLine();
                if (more == null) {
                    break;
                }
                joined.append(trim(more));
            }
            String field = joined.toString();
            int colon = field.indexOf(':');
            String name = canonical(field.substring(0, Math.max(0, colon)));
            String value = field.substring(colon + 1);
            if (colon < 0 || name == null || value.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 0x7F)) {
                return null;
            }
            header.putIfAbsent(name, skipBlanks(value));
        }
    }

    // bufio.Reader.ReadLine
    private @Nullable String readLine() {
        if (at == body.length()) {
            return null;
        }
        int lf = body.indexOf('\n', at);
        int end = lf < 0 ? body.length() : lf;
        String line = body.substring(at, end);
        at = lf < 0 ? end : lf + 1;
        return lf >= 0 && line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }

    private static String trim(String line) {
        int end = line.length();
        while (end > 0 && blank(line.charAt(end - 1))) {
            end--;
        }
        return skipBlanks(line.substring(0, end));
    }

    // reader.go:canonicalMIMEHeaderKey
    private static @Nullable String canonical(String name) {
        if (name.isEmpty()) {
            return null;
        }
        StringBuilder key = new StringBuilder();
        boolean upper = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c != ' ' && !fieldName(c)) {
                return null;
            }
            key.append(upper ? Character.toUpperCase(c) : Character.toLowerCase(c));
            upper = c == '-';
        }
        return name.indexOf(' ') >= 0 ? name : key.toString();
    }

    private static boolean fieldName(char c) {
        return GoMediaType.letterOrDigit(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
}
