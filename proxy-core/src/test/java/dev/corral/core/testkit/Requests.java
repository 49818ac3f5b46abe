package dev.corral.core.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Requests as they are on the wire. Further fields are given whole, such as {@code "Accept: a/b"}. */
public final class Requests {
    /** A target of an endpoint whose body is passed on as it arrives. */
    public static final String BLOB = "/api/blobs/sha256:" + "0123456789abcdef".repeat(4);

    /** A target of an endpoint whose body is collected like any JSON, but not looked into. */
    public static final String UNREAD = "/api/experimental/web_search";

    /** The shortest body that names a model. */
    public static final String MODEL = "{\"model\":\"m\"}";

    private Requests() {}

    public static String get(String target, String... fields) {
        return head("GET", target, fields);
    }

    /** A POST with the length of its body. */
    public static String post(String target, String body, String... fields) {
        return declared(target, body.getBytes(UTF_8).length, fields) + body;
    }

    /** The head of a POST whose body of so many bytes follows. */
    public static String declared(String target, long length, String... fields) {
        String head = head("POST", target, fields);
        return withField(head, "Content-Length: " + length);
    }

    /** The head of a POST whose chunks follow. */
    public static String chunked(String target, String... fields) {
        return withField(head("POST", target, fields), "Transfer-Encoding: chunked");
    }

    public static String chunk(String text) {
        return Integer.toHexString(text.getBytes(UTF_8).length) + "\r\n" + text + "\r\n";
    }

    /** A head with {@code Host} and these fields, without a body. */
    public static String head(String method, String target, String... fields) {
        StringBuilder head =
                new StringBuilder(method).append(' ').append(target).append(" HTTP/1.1\r\n");
        head.append("Host: corral.test\r\n");
        for (String field : fields) {
            head.append(field).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    /** The same head in HTTP/1.0. */
    public static String http10(String request) {
        return request.replaceFirst(" HTTP/1\\.1\r\n", " HTTP/1.0\r\n");
    }

    private static String withField(String head, String field) {
        return head.substring(0, head.length() - 2) + field + "\r\n\r\n";
    }
}
