package dev.corral.core.http;

import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** An {@link EmbeddedChannel} whose peer has an internet address. */
public final class AddressedChannel extends EmbeddedChannel {
    private static final InetSocketAddress DOCUMENTATION = address("192.0.2.7");

    private @Nullable InetSocketAddress peer;

    /** From an address of RFC 5737. */
    public AddressedChannel(ChannelHandler... handlers) {
        super(handlers);
    }

    /**
     * From a literal address.
     *
     * @param literal IPv4 or IPv6, no name
     */
    static AddressedChannel from(String literal) {
        AddressedChannel channel = new AddressedChannel();
        channel.peer = address(literal);
        return channel;
    }

    @Override
    public SocketAddress remoteAddress() {
        return peer == null ? DOCUMENTATION : peer;
    }

    private static InetSocketAddress address(String literal) {
        try {
            return new InetSocketAddress(InetAddress.getByName(literal), 40_000);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(literal + " (expected: a literal address)", e);
        }
    }
}
