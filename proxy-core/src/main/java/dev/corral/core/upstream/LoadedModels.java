package dev.corral.core.upstream;

import dev.corral.core.policy.LoadedListing;
import dev.corral.core.policy.LoadedModel;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.spi.NetworkTrouble;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which models the upstream has in memory, as {@code GET /api/ps} last said, asked again and again on a thread of its
 * own. None while that cannot be read. Reads are lock-free, on any thread.
 */
public final class LoadedModels implements AutoCloseable {
    /** How often where requests are ordered by it. */
    public static final Duration FOR_ORDER = Duration.ofSeconds(2);
    /** How often where it is only shown. */
    public static final Duration FOR_SHOW = Duration.ofSeconds(15);

    private static final int MAX_BYTES = 1 << 20;
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(LoadedModels.class);

    private final Upstream upstream;
    private final NanoClock clock;
    private final Duration connectTimeout;
    private final ScheduledThreadPoolExecutor thread;
    private final AtomicReference<@Nullable BoundedGet> running = new AtomicReference<>();
    private volatile Map<String, LoadedModel> last = Map.of();
    // Only the thread uses it.
    private boolean troubled;

    /**
     * Begins at once.
     *
     * @param interval from one answer, or its failure, to the next question
     */
    public LoadedModels(Upstream upstream, NanoClock clock, Duration connectTimeout, Duration interval) {
        this.upstream = upstream;
        this.clock = clock;
        this.connectTimeout = connectTimeout;
        this.thread = new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    Thread reader = new Thread(task, "corral-loaded");
                    reader.setDaemon(true);
                    return reader;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        var unused = thread.scheduleWithFixedDelay(this::refresh, 0, interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** At most 64, in the upstream's order; none while it cannot be asked. */
    public List<LoadedModel> models() {
        return List.copyOf(last.values());
    }

    /**
     * Whether a model was loaded when the upstream was last asked.
     *
     * @param name as {@link dev.corral.core.policy.ModelName#key} has it
     */
    public boolean isLoaded(String name) {
        return last.containsKey(name);
    }

    private void refresh() {
        String problem = read();
        if (problem != null) {
            last = Map.of();
        }
        boolean failed = problem != null;
        if (thread.isShutdown() || failed == troubled) {
            return;
        }
        troubled = failed;
        if (failed) {
            LOG.info("which models the upstream has loaded cannot be read, and is tried again: {}", problem);
        } else {
            LOG.info("which models the upstream has loaded can be read again");
        }
    }

    /** What went wrong, or null. */
    private @Nullable String read() {
        InetSocketAddress address = upstream.address();
        if (address == null) {
            return "its name has not been resolved yet";
        }
        try (BoundedGet get = new BoundedGet(clock, ANSWER)) {
            running.set(get);
            if (thread.isShutdown()) {
                return "closed";
            }
            byte[] listing = get.get(address, connectTimeout, upstream.authority(), "/api/ps", MAX_BYTES);
            List<LoadedModel> models = LoadedListing.models(listing);
            if (models == null) {
                return "not a list of models";
            }
            Map<String, LoadedModel> byName = new LinkedHashMap<>();
            models.forEach(model -> byName.put(model.name(), model));
            last = byName;
            return null;
        } catch (IOException | RuntimeException e) {
            return Objects.requireNonNullElse(NetworkTrouble.text(e), e.toString());
        } finally {
            running.set(null);
        }
    }

    /** Ends the thread, also in the middle of an answer. */
    @Override
    public void close() {
        thread.shutdownNow();
        BoundedGet get = running.get();
        if (get != null) {
            try {
                get.close();
            } catch (IOException e) {
                LOG.debug("closing the connection that asks what is loaded", e);
            }
        }
    }
}
