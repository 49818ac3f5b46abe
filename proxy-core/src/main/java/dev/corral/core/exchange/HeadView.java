package dev.corral.core.exchange;

import dev.corral.core.spi.RequestView;
import java.net.InetAddress;
import java.util.List;

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
    public InetAddress clientAddress() {
        return exchange.front().clientAddress();
    }

    @Override
    public List<String> headers(String name) {
        return exchange.head.headers().getAll(name);
    }
}
