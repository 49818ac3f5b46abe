package dev.corral.server.connect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * What one question to the other Corral brought, asked the way that programs will.
 *
 * @param status of the answer; 0 for none
 * @param error what it says is wrong; empty where it says nothing
 * @param help a page that says more; empty for none
 * @param corral whether it has the code that every refusal of a Corral has
 */
public record RemoteAnswer(int status, String error, String help, boolean corral) {
    private static final int MAX_BYTES = 16 << 10;
    private static final int MAX_TEXT = 500;
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    static final int UNAUTHORIZED = 401;
    private static final int BAD_GATEWAY = 502;
    private static final String CODE = "X-Corral-Code";
    private static final Duration EACH = Duration.ofSeconds(12);
    // A name that is only being looked up.
    private static final Duration AGAIN = Duration.ofMillis(300);
    private static final int ATTEMPTS = 8;

    /** Asks through a helper that listens; returns after seconds at most. */
    static RemoteAnswer of(InetSocketAddress helper) throws InterruptedException {
        RemoteAnswer answer = ask(helper);
        for (int i = 1; i < ATTEMPTS && answer.error().contains("no such host"); i++) {
            Thread.sleep(AGAIN.toMillis());
            answer = ask(helper);
        }
        return answer;
    }

    /** Asks whoever listens there what Ollama answers on its first page; empty where that cannot be read. */
    static String greeting(InetSocketAddress address) {
        try {
            HttpURLConnection connection = open(address, "/");
            try (InputStream in = connection.getInputStream()) {
                return printable(new String(in.readNBytes(MAX_TEXT), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            return "";
        }
    }

    private static RemoteAnswer ask(InetSocketAddress helper) {
        try {
            HttpURLConnection connection = open(helper, "/api/version");
            int status = connection.getResponseCode();
            boolean corral = connection.getHeaderField(CODE) != null;
            try (InputStream in = status < BAD_REQUEST ? connection.getInputStream() : connection.getErrorStream()) {
                return of(status, in == null ? new byte[0] : in.readNBytes(MAX_BYTES), corral);
            }
        } catch (IOException e) {
            return new RemoteAnswer(0, "no answer within " + EACH.toSeconds() + " seconds", "", false);
        }
    }

    private static RemoteAnswer of(int status, byte[] text, boolean corral) throws IOException {
        JsonNode body;
        try {
            body = new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            body = MissingNode.getInstance();
        }
        if (status == OK) {
            // Pages to sign in to a network answer everything with 200.
            boolean version = body.path("version").isTextual();
            return new RemoteAnswer(
                    status, version ? "" : "it answers as no Ollama does; is the URL right?", "", corral);
        }
        return new RemoteAnswer(
                status,
                printable(body.path("error").asText("")),
                printable(body.path("signin_url").asText("")),
                corral);
    }

    private static HttpURLConnection open(InetSocketAddress address, String path) throws IOException {
        String host = address.getAddress().getHostAddress();
        String authority = (host.indexOf(':') < 0 ? host : '[' + host + ']') + ':' + address.getPort();
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://" + authority + path).toURL().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout((int) EACH.toMillis());
        connection.setReadTimeout((int) EACH.toMillis());
        connection.setInstanceFollowRedirects(false);
        return connection;
    }

    /** Whether all is well. */
    public boolean accepted() {
        return status == OK && error.isEmpty();
    }

    /** Whether the other Corral answers, but the credential is not good there. */
    public boolean refused() {
        return status == UNAUTHORIZED;
    }

    /** Whether there was an answer of the other Corral's own. */
    public boolean reached() {
        return status != 0 && status != BAD_GATEWAY;
    }

    /** Whether something is there that took the connection and ended it, as what speaks another protocol does. */
    public boolean cutOff() {
        return status == BAD_GATEWAY && error.contains("closed");
    }

    // It goes to a terminal, and the other side made it.
    private static String printable(String text) {
        return text.substring(0, Math.min(MAX_TEXT, text.length())).strip().replaceAll("[^\\x20-\\x7e]", "?");
    }
}
