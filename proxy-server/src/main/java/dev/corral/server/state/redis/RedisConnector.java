package dev.corral.server.state.redis;

import dev.corral.core.spi.NanoClock;
import dev.corral.server.config.StateUrl;
import dev.corral.server.state.redis.RedisDialer.Link;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether Redis is there, and the way to it. It is away from the first command that fails, but for one that Redis does not
 * do for a reason of its own, or takes longer than {@link RedisDialer#COMMAND}, until a small write succeeds; meanwhile commands fail at once, so that of a Redis that
 * hangs or lost its disk only the first requests wait. A connection that stays mute is given up for a new one.
 *
 * <p>Any thread; only {@link #await} and {@link #awaitUp} block. One thread of its own, {@code corral-redis}.
 */
final class RedisConnector implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisConnector.class);
    private static final long TICK_MILLIS = 50;
    private static final long FIRST_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LAST_DELAY_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long PROBE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long MUTE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long DIAL_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long BLOCKING_MILLIS = 2_000;
    // Errors that every other command would get as well; scripts put words before them.
    private static final Pattern OUT_OF_ORDER =
            Pattern.compile("\\b(READONLY|OOM|LOADING|CLUSTERDOWN|MISCONF|NOREPLICAS|MASTERDOWN|NOAUTH|BUSY)\\b");

    private final StateUrl url;
    private final String consequence;
    private final NanoClock clock;
    private final RedisDialer dialer;
    private final RedisNames names;
    private final List<Runnable> whenBack = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> firstUp = new CompletableFuture<>();
    private final ScheduledExecutorService thread;

    /** Something to ask. */
    @FunctionalInterface
    interface Question<T> {
        CompletionStage<T> ask(RedisClusterAsyncCommands<String, String> commands);
    }

    private volatile @Nullable Link link;
    private volatile boolean up;
    private volatile String trouble = "it was not asked yet";

    // Of the thread alone.
    private @Nullable CompletableFuture<Link> dialling;
    private long dialSince;
    private long nextDial;
    private long delay = FIRST_DELAY_NANOS;
    private boolean probing;
    private long nextProbe;
    private long muteSince;
    private boolean told;
    private long awaySince;

    /**
     * Connects to nothing yet.
     *
     * @param consequence what it means that Redis is away, for the log
     */
    RedisConnector(StateUrl url, RedisNames names, String consequence, NanoClock clock) {
        this.url = url;
        this.names = names;
        this.consequence = consequence;
        this.clock = clock;
        this.dialer = new RedisDialer(url);
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "corral-redis");
            made.setDaemon(true);
            return made;
        });
    }

    /** Begins to connect. Call once. */
    void start() {
        long now = clock.nanos();
        nextDial = now;
        awaySince = now;
        thread.scheduleWithFixedDelay(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Does something whenever Redis is back, the first time included; on this connector's thread. */
    void whenBack(Runnable task) {
        whenBack.add(task);
    }

    /** Does something now if Redis is there, else the first time it is. */
    void whenBackOnce(Runnable task) {
        AtomicBoolean done = new AtomicBoolean();
        Runnable once = () -> {
            if (done.compareAndSet(false, true)) {
                task.run();
            }
        };
        whenBack.add(once);
        if (up) {
            once.run();
        }
    }

    /** Does something again and again, on this connector's thread. */
    void every(long millis, Runnable task) {
        thread.scheduleWithFixedDelay(guarded(task), millis, millis, TimeUnit.MILLISECONDS);
    }

    boolean up() {
        return up;
    }

    /** Where Redis is, without the password. */
    String place() {
        return url.text();
    }

    /** What went wrong last; one line. */
    String trouble() {
        return trouble;
    }

    /** Asks Redis something; fails at once where it is away. Does not block. */
    <T> CompletionStage<T> ask(Question<T> question) {
        return askLink(present -> question.ask(present.commands()));
    }

    /** As {@link #ask}, of the server that has this key, also for commands that name none. */
    <T> CompletionStage<T> askOwner(String key, Question<T> question) {
        return askLink(present -> present.owner(key).thenCompose(question::ask));
    }

    private <T> CompletionStage<T> askLink(Function<Link, CompletionStage<T>> question) {
        Link present = link;
        if (present == null || !up) {
            return CompletableFuture.failedFuture(new RedisAwayException(place() + " is away: " + trouble));
        }
        CompletionStage<T> answer;
        try {
            answer = question.apply(present);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        return answer.whenComplete((done, e) -> {
            if (e != null && !refused(e)) {
                away(present, e);
            }
        });
    }

    /** Whether Redis does not do this one command, which says nothing about others. */
    static boolean refused(Throwable e) {
        Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        return cause instanceof RedisCommandExecutionException
                && !OUT_OF_ORDER.matcher(String.valueOf(cause.getMessage())).find();
    }

    /**
     * As {@link #ask}, for threads that may wait.
     *
     * @throws RedisAwayException where there is no answer, with the reason
     */
    <T> T await(Question<T> question) {
        return await(ask(question));
    }

    /** As {@link #askOwner}, for threads that may wait. */
    <T> T awaitOwner(String key, Question<T> question) {
        return await(askOwner(key, question));
    }

    private <T> T await(CompletionStage<T> answer) {
        try {
            return answer.toCompletableFuture().get(BLOCKING_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RedisAwayException("interrupted while waiting for " + place());
        } catch (java.util.concurrent.ExecutionException e) {
            throw new RedisAwayException(reason(e));
        } catch (TimeoutException e) {
            throw new RedisAwayException("no answer for " + BLOCKING_MILLIS + " ms");
        }
    }

    /** Waits until Redis was there once; false where it was not in time. */
    boolean awaitUp(long millis) {
        try {
            firstUp.get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
            return false;
        }
    }

    private void away(Link failed, Throwable e) {
        if (failed.equals(link) && up) {
            trouble = reason(e);
            up = false;
        }
    }

    private void tick() {
        try {
            long now = clock.nanos();
            Link present = link;
            if (present != null && !present.connection().isOpen()) {
                drop(present, "the connection was closed");
                present = null;
            }
            if (!up) {
                tell(now);
                if (present == null) {
                    dial(now);
                } else {
                    probe(present, now);
                }
            }
        } catch (RuntimeException e) {
            LOG.error("watching {} failed; trying again", place(), e);
        }
    }

    private void dial(long now) {
        CompletableFuture<Link> attempt = dialling;
        if (attempt == null) {
            if (now - nextDial >= 0) {
                dialSince = now;
                dialling = dialer.dial().toCompletableFuture();
            }
            return;
        }
        if (!attempt.isDone()) {
            if (now - dialSince > DIAL_NANOS) {
                attempt.whenComplete((late, e) -> {
                    if (late != null) {
                        late.connection().closeAsync();
                    }
                });
                failed(now, "no connection within " + TimeUnit.NANOSECONDS.toSeconds(DIAL_NANOS) + " s");
            }
            return;
        }
        try {
            Link made = attempt.join();
            dialling = null;
            made.connection().addListener(new RedisConnectionStateListener() {
                @Override
                public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
                    away(made, new RedisAwayException("the connection was closed"));
                }
            });
            link = made;
            muteSince = now;
            nextProbe = now;
            probe(made, now);
        } catch (CompletionException | java.util.concurrent.CancellationException e) {
            failed(now, reason(e));
        }
    }

    private void failed(long now, String reason) {
        trouble = reason;
        dialling = null;
        nextDial = now + delay;
        delay = Math.min(LAST_DELAY_NANOS, 2 * delay);
    }

    // A write: a replica that was a master, a full disk and a full memory are to be found out as well.
    private void probe(Link present, long now) {
        if (probing) {
            return;
        }
        if (now - muteSince > MUTE_NANOS) {
            drop(present, trouble);
            nextDial = now + delay;
            delay = Math.min(LAST_DELAY_NANOS, 2 * delay);
            return;
        }
        if (now - nextProbe < 0) {
            return;
        }
        CompletionStage<String> answer;
        try {
            answer = present.commands().set(names.probe(), "1", SetArgs.Builder.px(60_000));
        } catch (RuntimeException e) {
            // Such as when there are more commands under way than may be.
            answer = CompletableFuture.failedFuture(e);
        }
        probing = true;
        answer.whenComplete((done, e) -> onThread(() -> probed(present, e)));
    }

    private void probed(Link present, @Nullable Throwable e) {
        probing = false;
        long now = clock.nanos();
        nextProbe = now + PROBE_PAUSE_NANOS;
        if (!present.equals(link)) {
            return;
        }
        if (e != null) {
            trouble = reason(e);
            return;
        }
        delay = FIRST_DELAY_NANOS;
        up = true;
        if (told) {
            LOG.info("Redis at {} is back after {} s", place(), TimeUnit.NANOSECONDS.toSeconds(now - awaySince));
        } else if (!firstUp.isDone()) {
            LOG.info("state is shared in Redis at {}", place());
        }
        told = false;
        firstUp.complete(null);
        whenBack.forEach(task -> guarded(task).run());
    }

    private void tell(long now) {
        if (told || (!firstUp.isDone() && now - awaySince < TimeUnit.SECONDS.toNanos(1))) {
            return;
        }
        told = true;
        if (firstUp.isDone()) {
            awaySince = now;
            muteSince = now;
        }
        LOG.warn("Redis at {} is away ({}): {}", place(), trouble, consequence);
    }

    private void drop(Link present, String reason) {
        trouble = reason;
        up = false;
        link = null;
        present.connection().closeAsync();
    }

    private void onThread(Runnable task) {
        try {
            thread.execute(guarded(task));
        } catch (java.util.concurrent.RejectedExecutionException e) {
            // Closed meanwhile.
            LOG.debug("{} is not looked after any more", place());
        }
    }

    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("work for Redis failed", e);
            }
        };
    }

    /** What went wrong, in one line without addresses that strangers could read anything from. */
    static String reason(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        String text = message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
        return text.replaceAll("\\p{Cntrl}+", " ").strip();
    }

    @Override
    public void close() {
        thread.shutdownNow();
        Link present = link;
        up = false;
        link = null;
        if (present != null) {
            present.connection().closeAsync();
        }
        dialer.close();
    }
}
