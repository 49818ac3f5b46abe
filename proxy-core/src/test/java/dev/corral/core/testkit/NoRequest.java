package dev.corral.core.testkit;

import dev.corral.core.spi.RequestView;
import java.net.InetAddress;
import java.util.List;

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
    public InetAddress clientAddress() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public List<String> headers(String name) {
        return List.of();
    }
}
