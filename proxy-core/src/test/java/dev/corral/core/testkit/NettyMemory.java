package dev.corral.core.testkit;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;

/** What Netty's allocator has reserved in this JVM. */
public final class NettyMemory {
    private NettyMemory() {}

    /** Bytes in chunks that buffers are cut from: an upper bound of what buffers hold, with the allocator's slack. */
    public static long reserved() {
        if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider) {
            ByteBufAllocatorMetric metric = provider.metric();
            return metric.usedDirectMemory() + metric.usedHeapMemory();
        }
        throw new IllegalStateException("the default allocator keeps no figures");
    }
}
