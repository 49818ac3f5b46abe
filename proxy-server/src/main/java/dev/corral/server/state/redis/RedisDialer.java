package dev.corral.server.state.redis;

import dev.corral.server.config.StateUrl;
import dev.corral.server.config.StateUrl.Kind;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.event.DefaultEventPublisherOptions;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Makes connections to what a {@link StateUrl} names, each of which is the only one of its time. They do not reconnect by
 * themselves: {@link RedisConnector} knows more of what they are for. Lettuce's threads are its own, and daemons.
 */
final class RedisDialer implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(1);
    /** How long an answer may take. */
    static final Duration COMMAND = Duration.ofMillis(500);

    private static final Duration TOPOLOGY = Duration.ofSeconds(15);
    private static final int QUEUED = 8_192;
    private static final int THREADS = 2;

    private final ClientResources resources;
    private final StateUrl url;
    private final AbstractRedisClient client;

    /** What is connected. */
    record Link(StatefulConnection<String, String> connection, RedisClusterAsyncCommands<String, String> commands) {
        /** For commands without a key: the way to the server that has this one, over which it is written too. */
        CompletionStage<? extends RedisClusterAsyncCommands<String, String>> owner(String key) {
            if (!(connection instanceof StatefulRedisClusterConnection<String, String> cluster)) {
                return CompletableFuture.completedFuture(commands);
            }
            RedisClusterNode node = cluster.getPartitions().getPartitionBySlot(SlotHash.getSlot(key));
            return node == null
                    ? CompletableFuture.failedFuture(new RedisAwayException("no server has the slot of " + key))
                    : cluster.getConnectionAsync(
                                    node.getUri().getHost(), node.getUri().getPort())
                            .thenApply(StatefulRedisConnection::async);
        }
    }

    RedisDialer(StateUrl url) {
        this.url = url;
        resources = DefaultClientResources.builder()
                .ioThreadPoolSize(THREADS)
                .computationThreadPoolSize(THREADS)
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .commandLatencyPublisherOptions(DefaultEventPublisherOptions.disabled())
                .threadFactoryProvider(pool -> new DefaultThreadFactory("corral-redis-io", true))
                .build();
        client = url.kind() == Kind.CLUSTER ? cluster() : single();
    }

    private RedisClient single() {
        RedisClient made = RedisClient.create(resources);
        made.setOptions(options(ClientOptions.builder().autoReconnect(false)).build());
        return made;
    }

    private RedisClusterClient cluster() {
        List<RedisURI> nodes = url.nodes().stream().map(this::uri).toList();
        RedisClusterClient made = RedisClusterClient.create(resources, nodes);
        ClusterClientOptions.Builder builder = ClusterClientOptions.builder();
        options(builder);
        // Its connections to servers come back by themselves, but what was under way must not be sent again: nobody
        // knows
        // whether it was done.
        builder.replayFilter(command -> true);
        made.setOptions(builder.topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enablePeriodicRefresh(TOPOLOGY)
                        .build())
                .build());
        return made;
    }

    private static ClientOptions.Builder options(ClientOptions.Builder builder) {
        return builder.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(QUEUED)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .timeoutOptions(TimeoutOptions.enabled(COMMAND))
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(CONNECT)
                        .keepAlive(true)
                        .build());
    }

    /** Connects; does not block. */
    CompletionStage<Link> dial() {
        if (client instanceof RedisClusterClient cluster) {
            return cluster.refreshPartitionsAsync()
                    .thenCompose(done -> cluster.connectAsync(StringCodec.UTF8))
                    .thenApply(connection -> new Link(connection, connection.async()));
        }
        if (client instanceof RedisClient one) {
            return one.connectAsync(StringCodec.UTF8, target())
                    .thenApply(connection -> new Link(connection, connection.async()));
        }
        return CompletableFuture.failedFuture(new IllegalStateException("no client for " + url));
    }

    private RedisURI target() {
        if (url.kind() == Kind.REDIS) {
            return uri(url.nodes().get(0));
        }
        String master = url.master() == null ? "" : url.master();
        RedisURI.Builder builder = null;
        for (InetSocketAddress node : url.nodes()) {
            RedisURI sentinel = RedisURI.Builder.redis(node.getHostString(), node.getPort())
                    .withSsl(url.tls())
                    .withTimeout(CONNECT)
                    .build();
            builder = builder == null
                    ? RedisURI.Builder.sentinel(node.getHostString(), node.getPort(), master)
                    : builder.withSentinel(sentinel);
        }
        if (builder == null) {
            throw new IllegalStateException(url + " names no Sentinel");
        }
        RedisURI all = common(builder);
        all.getSentinels().forEach(sentinel -> sentinel.setSsl(url.tls()));
        return all;
    }

    private RedisURI uri(InetSocketAddress node) {
        return common(RedisURI.Builder.redis(node.getHostString(), node.getPort()));
    }

    private RedisURI common(RedisURI.Builder builder) {
        builder.withSsl(url.tls())
                .withVerifyPeer(true)
                .withDatabase(url.database())
                .withClientName("corral")
                .withTimeout(CONNECT);
        String user = url.user();
        String password = url.password();
        if (password != null) {
            if (user == null) {
                builder.withPassword(password.toCharArray());
            } else {
                builder.withAuthentication(user, password.toCharArray());
            }
        }
        return builder.build();
    }

    /** Ends Lettuce's threads; returns at once. */
    @Override
    public void close() {
        client.shutdownAsync(0, 1, TimeUnit.SECONDS)
                .whenComplete((done, e) -> resources.shutdown(0, 1, TimeUnit.SECONDS));
    }
}
