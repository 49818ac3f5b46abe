package dev.corral.core.testkit;

import dev.corral.core.spi.PeerCertificate;
import dev.corral.core.spi.RequestView;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request that says nothing, for rules that do not look at it. */
public enum NoRequest implements RequestView {
    INSTANCE;

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public String path() {
        return "/";
    }

    @Override
    public String query() {
        return "";
    }

    @Override
    public @Nullable String pathToken() {
        return null;
    }

    @Override
    public boolean secure() {
        return false;
    }

    @Override
    public @Nullable PeerCertificate peerCertificate() {
        return null;
    }

    @Override
    public InetAddress clientAddress() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public List<String> headers(String name) {
        return List.of();
    }
}
