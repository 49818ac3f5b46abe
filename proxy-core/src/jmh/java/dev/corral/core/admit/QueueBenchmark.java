package dev.corral.core.admit;

import dev.corral.core.QueueSettings;
import dev.corral.core.spi.NanoClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** What a request's place costs: {@code bench/jmh QueueBenchmark} runs it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class QueueBenchmark {
    /** Keys that wait. */
    @Param({"1", "40", "500"})
    public int keys;

    private FairQueue free = queue(100_000);
    private FairQueue full = queue(1);
    private final Queue<QueueTicket> started = new ArrayDeque<>();
    private String[] names = {};
    private int next;

    private static FairQueue queue(int parallel) {
        return new FairQueue(
                new QueueSettings(parallel, 100_000, 100_000, Duration.ofMinutes(5), false),
                NanoClock.SYSTEM,
                model -> false);
    }

    /** One runs; of each key two wait. */
    @Setup(Level.Iteration)
    public void fill() {
        free = queue(100_000);
        full = queue(1);
        started.clear();
        names = new String[keys];
        started.add(full.enter("first", 1, 500, null, Runnable::run, () -> {}));
        for (int i = 0; i < 2 * keys; i++) {
            names[i % keys] = "key" + i % keys;
            enterFull(i % keys);
        }
    }

    private QueueTicket enterFull(int key) {
        QueueTicket[] ticket = new QueueTicket[1];
        ticket[0] = full.enter(names[key], 1, 300 + key, null, Runnable::run, () -> started.add(ticket[0]));
        return ticket[0];
    }

    /** Places enough: comes and goes. */
    @Benchmark
    public void withoutWaiting() {
        free.enter("key", 1, 500, null, Runnable::run, () -> {}).leave(400);
    }

    /** The same from two threads at once. */
    @Benchmark
    @Threads(2)
    public void withoutWaitingTwoThreads() {
        free.enter("key", 1, 500, null, Runnable::run, () -> {}).leave(400);
    }

    /** Another comes and waits; the running one goes, and the one whose turn it is starts. */
    @Benchmark
    public void waitingTurn() {
        next = next + 1 == keys ? 0 : next + 1;
        enterFull(next);
        QueueTicket running = started.poll();
        if (running != null) {
            running.leave(350);
        }
    }

    /** Comes, waits, and thinks better of it. */
    @Benchmark
    public void changedMind() {
        next = next + 1 == keys ? 0 : next + 1;
        enterFull(next).leave(0);
    }
}
