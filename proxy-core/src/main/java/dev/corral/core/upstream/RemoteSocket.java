package dev.corral.core.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;

/**
 * Has the system notice, where it can be told to, that a network has gone: without this a request that waits for its
 * answer waits for a quarter of an hour for a Corral that cannot be reached any more.
 */
final class RemoteSocket {
    // A peer that only holds an upload back for so long loses its connection too, so not less.
    private static final int UNANSWERED_MILLIS = 120_000;
    private static final int ASK_AFTER_SECONDS = 30;
    private static final int ASK_EVERY_SECONDS = 10;

    private RemoteSocket() {}

    static Bootstrap prepare(Bootstrap bootstrap, Class<? extends Channel> type) {
        if (type != EpollSocketChannel.class) {
            return bootstrap;
        }
        return bootstrap
                .option(EpollChannelOption.TCP_USER_TIMEOUT, UNANSWERED_MILLIS)
                .option(EpollChannelOption.TCP_KEEPIDLE, ASK_AFTER_SECONDS)
                .option(EpollChannelOption.TCP_KEEPINTVL, ASK_EVERY_SECONDS);
    }
}
