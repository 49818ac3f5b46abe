package dev.corral.core.exchange;

import dev.corral.core.spi.PeerCertificate;
import dev.corral.core.spi.RequestView;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An exchange's head as policy sees it. */
record HeadView(Exchange exchange) implements RequestView {
    @Override
    public String method() {
        return exchange.head.method().name();
    }

    @Override
    public String path() {
        return exchange.path;
    }

    @Override
    public String query() {
        int question = exchange.head.uri().indexOf('?');
        return question < 0 ? "" : exchange.head.uri().substring(question + 1);
    }

    @Override
    public @Nullable String pathToken() {
        return exchange.pathToken;
    }

    @Override
    public boolean secure() {
        return exchange.link().peer().secure();
    }

    @Override
    public @Nullable PeerCertificate peerCertificate() {
        return exchange.link().peer().certificate();
    }

    @Override
    public InetAddress clientAddress() {
        return exchange.client;
    }

    @Override
    public List<String> headers(String name) {
        return exchange.head.headers().getAll(name);
    }
}
