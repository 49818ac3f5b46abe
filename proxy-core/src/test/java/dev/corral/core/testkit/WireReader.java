package dev.corral.core.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A strict HTTP/1 reader over one connection. An end of input within a message is an {@link EOFException}, a broken
 * rule a {@link MalformedException}; a reset stays the socket's own exception. One thread at a time.
 */
final class WireReader {
    private static final Pattern FIELD = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*(.*?)[ \\t]*");
    private static final Pattern CHUNK_SIZE = Pattern.compile("[0-9a-fA-F]{1,7}");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,15}");
    private static final int LONGEST_HEAD = 256 << 10;

    private final InputStream in;

    WireReader(InputStream in) {
        this.in = in;
    }

    /** Reads a head; null where the input ends before its first byte. */
    @Nullable
    HttpHead head() throws IOException {
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        int first = in.read();
        if (first < 0) {
            return null;
        }
        raw.write(first);
        String startLine = line(raw, first);
        return new HttpHead(startLine, fields(raw), Bytes.of(raw.toByteArray()));
    }

    /** How long a request's body is. */
    static Framing ofRequest(HttpHead head) throws MalformedException {
        return declared(head, Framing.NONE);
    }

    /** How long a response's body is (RFC 9112 section 6.3). */
    static Framing ofResponse(String method, int status, HttpHead head) throws MalformedException {
        Framing declared = declared(head, Framing.UNTIL_CLOSE);
        return method.equals("HEAD") || status < 200 || status == 204 || status == 304 ? Framing.NONE : declared;
    }

    /** Reads a body into the record, which is left as it is where the input breaks off. */
    void body(HttpHead head, Body into) throws IOException {
        switch (into.framing()) {
            case NONE -> into.end(List.of());
            case LENGTH -> {
                copy(length(head), into);
                into.end(List.of());
            }
            case CHUNKED -> chunks(into);
            case UNTIL_CLOSE -> {
                copy(Long.MAX_VALUE, into);
                into.end(List.of());
            }
        }
    }

    private static Framing declared(HttpHead head, Framing otherwise) throws MalformedException {
        List<String> codings = head.all("Transfer-Encoding");
        List<String> lengths = head.all("Content-Length");
        if (codings.isEmpty() && lengths.isEmpty()) {
            return otherwise;
        }
        if (codings.isEmpty() && lengths.size() == 1) {
            return Framing.LENGTH;
        }
        if (codings.size() == 1 && codings.get(0).equalsIgnoreCase("chunked") && lengths.isEmpty()) {
            return Framing.CHUNKED;
        }
        throw new MalformedException("ambiguous framing: Transfer-Encoding " + codings + ", Content-Length " + lengths);
    }

    private static long length(HttpHead head) throws MalformedException {
        String value = head.all("Content-Length").get(0);
        if (!LENGTH.matcher(value).matches()) {
            throw new MalformedException("Content-Length: " + value);
        }
        return Long.parseLong(value);
    }

    private void copy(long length, Body into) throws IOException {
        byte[] buffer = new byte[16 << 10];
        for (long left = length; left > 0; ) {
            int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                if (length == Long.MAX_VALUE) {
                    return;
                }
                throw new EOFException(left + " bytes of the body are missing");
            }
            into.append(buffer, read);
            left -= read;
        }
    }

    private void chunks(Body into) throws IOException {
        while (true) {
            String size = line(new ByteArrayOutputStream(), next());
            if (!CHUNK_SIZE.matcher(size).matches()) {
                throw new MalformedException("chunk size: " + Bytes.of(size));
            }
            int length = Integer.parseInt(size, 16);
            if (length == 0) {
                into.end(fields(new ByteArrayOutputStream()));
                return;
            }
            copy(length, into);
            if (next() != '\r' || next() != '\n') {
                throw new MalformedException("no CRLF after a chunk");
            }
        }
    }

    private List<HttpHead.Field> fields(ByteArrayOutputStream raw) throws IOException {
        List<HttpHead.Field> fields = new ArrayList<>();
        for (String line = line(raw, next(raw)); !line.isEmpty(); line = line(raw, next(raw))) {
            Matcher field = FIELD.matcher(line);
            if (!field.matches()) {
                throw new MalformedException("header line: " + Bytes.of(line));
            }
            fields.add(new HttpHead.Field(group(field, 1), group(field, 2)));
        }
        return fields;
    }

    private static String group(Matcher matcher, int number) {
        String group = matcher.group(number);
        return group == null ? "" : group;
    }

    private String line(ByteArrayOutputStream raw, int first) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = first; c != '\r'; c = next(raw)) {
            if (c == '\n' || c == 0) {
                throw new MalformedException("a bare LF or NUL after " + Bytes.of(line.toByteArray()));
            }
            line.write(c);
            if (raw.size() > LONGEST_HEAD) {
                throw new MalformedException("a head of more than " + LONGEST_HEAD + " bytes");
            }
        }
        if (next(raw) != '\n') {
            throw new MalformedException("a bare CR after " + Bytes.of(line.toByteArray()));
        }
        return line.toString(ISO_8859_1);
    }

    private int next(ByteArrayOutputStream raw) throws IOException {
        int c = next();
        raw.write(c);
        return c;
    }

    private int next() throws IOException {
        int c = in.read();
        if (c < 0) {
            throw new EOFException("the input ends within a head or between chunks");
        }
        return c;
    }
}
