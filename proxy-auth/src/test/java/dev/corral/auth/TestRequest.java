package dev.corral.auth;

import dev.corral.core.spi.PeerCertificate;
import dev.corral.core.spi.RequestView;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request head made by hand. */
public final class TestRequest implements RequestView {
    private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private String method = "POST";
    private String path = "/api/chat";
    private String query = "";
    private @Nullable String pathToken;
    private @Nullable PeerCertificate certificate;
    private InetAddress address = InetAddress.getLoopbackAddress();

    /** Adds one more value of a field. */
    public TestRequest with(String name, String value) {
        headers.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
        return this;
    }

    /** Another request line than that of a chat. */
    public TestRequest line(String otherMethod, String otherPath, String otherQuery) {
        method = otherMethod;
        path = otherPath;
        query = otherQuery;
        return this;
    }

    public TestRequest pathToken(String token) {
        pathToken = token;
        return this;
    }

    public TestRequest certificate(PeerCertificate shown) {
        certificate = shown;
        return this;
    }

    public TestRequest from(InetAddress client) {
        address = client;
        return this;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public String query() {
        return query;
    }

    @Override
    public @Nullable String pathToken() {
        return pathToken;
    }

    @Override
    public boolean secure() {
        return true;
    }

    @Override
    public @Nullable PeerCertificate peerCertificate() {
        return certificate;
    }

    @Override
    public InetAddress clientAddress() {
        return address;
    }

    @Override
    public List<String> headers(String name) {
        return headers.getOrDefault(name, List.of());
    }
}
