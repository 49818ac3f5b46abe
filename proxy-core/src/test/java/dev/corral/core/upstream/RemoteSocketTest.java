package dev.corral.core.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import org.junit.jupiter.api.Test;

final class RemoteSocketTest {
    @Test
    void networkThatWentAway_isNoticedInMinutes() {
        Bootstrap bootstrap = RemoteSocket.prepare(new Bootstrap(), EpollSocketChannel.class);
        assertThat(bootstrap.config().options())
                .containsEntry(EpollChannelOption.TCP_USER_TIMEOUT, 120_000)
                .containsEntry(EpollChannelOption.TCP_KEEPIDLE, 30)
                .containsEntry(EpollChannelOption.TCP_KEEPINTVL, 10);
    }

    @Test
    void whatASystemDoesNotKnow_isNotAskedOfIt() {
        Bootstrap bootstrap = RemoteSocket.prepare(new Bootstrap(), NioSocketChannel.class);
        assertThat(bootstrap.config().options()).doesNotContainKey(EpollChannelOption.TCP_USER_TIMEOUT);
    }
}
