package dev.corral.auth.scheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkBesideTest {
    private final CountDownLatch end = new CountDownLatch(1);
    private final WorkBeside work = new WorkBeside("test-work", 1, 8, 2);

    @AfterEach
    void close() {
        end.countDown();
        work.close();
    }

    private @Nullable CompletionStage<String> block(String from) throws UnknownHostException {
        return work.submit(WorkBeside.of(InetAddress.getByName(from)), this::waitForTheEnd, "displaced");
    }

    private String waitForTheEnd() {
        try {
            return end.await(20, TimeUnit.SECONDS) ? "done" : "late";
        } catch (InterruptedException e) {
            return "interrupted";
        }
    }

    @Test
    void work_isDoneOnAThreadOfItsOwn() throws UnknownHostException {
        CompletionStage<String> thread = work.submit(
                WorkBeside.of(InetAddress.getByName("192.0.2.1")),
                () -> Thread.currentThread().getName(),
                "displaced");
        assertThat(thread).isNotNull();
        assertThat(thread.toCompletableFuture().join()).isEqualTo("test-work");
    }

    @Test
    void oneAddressOrNetwork_getsAQuarterOfThePlaces() throws UnknownHostException {
        assertThat(block("2001:db8::1")).isNotNull();
        assertThat(block("2001:db8::2")).isNotNull();
        assertThat(block("2001:db8::3")).isNull();
        assertThat(block("2001:db8:0:1::1")).isNotNull();
        assertThat(block("192.0.2.1")).isNotNull();
        CompletionStage<String> second = block("192.0.2.1");
        assertThat(block("192.0.2.1")).isNull();

        end.countDown();
        assertThat(second).isNotNull();
        assertThat(second.toCompletableFuture().join()).isEqualTo("done");
        assertThat(block("192.0.2.1")).isNotNull();
    }

    @Test
    void moreThanFits_isNotTaken() throws UnknownHostException {
        int taken = 0;
        for (int i = 0; i < 20; i++) {
            taken += block("192.0.2." + i) == null ? 0 : 1;
        }
        // One is being done.
        assertThat(taken).isBetween(8, 9);
    }

    @Test
    void workThatFails_givesItsPlaceBack() throws UnknownHostException {
        for (int i = 0; i < 50; i++) {
            CompletionStage<String> failed = work.submit(
                    WorkBeside.of(InetAddress.getByName("192.0.2.1")),
                    () -> {
                        throw new IllegalStateException("no");
                    },
                    "displaced");
            assertThat(failed).isNotNull();
            assertThat(catchThrowable(failed.toCompletableFuture()::join)).isInstanceOf(CompletionException.class);
        }
    }

    @Test
    void oneWhoComesLate_doesNotWaitBehindAllThatOthersHaveSent() throws UnknownHostException {
        try (WorkBeside wide = new WorkBeside("test-turns", 1, 100, 100)) {
            Queue<String> order = new ConcurrentLinkedQueue<>();
            List<CompletionStage<String>> all = new ArrayList<>();
            all.add(wide.submit(place("192.0.2.9"), this::waitForTheEnd, "displaced"));
            for (int i = 0; i < 20; i++) {
                for (String from : List.of("192.0.2.1", "192.0.2.2")) {
                    all.add(wide.submit(place(from), () -> noted(order, from), "displaced"));
                }
            }
            all.add(wide.submit(place("192.0.2.3"), () -> noted(order, "192.0.2.3"), "displaced"));
            end.countDown();

            all.forEach(one -> assertThat(one).isNotNull());
            all.forEach(one -> one.toCompletableFuture().join());
            assertThat(List.copyOf(order).subList(0, 3)).containsExactly("192.0.2.1", "192.0.2.2", "192.0.2.3");
            assertThat(order).hasSize(41);
        }
    }

    @Test
    void noRoomLeft_whoHasMostGivesOneUp() throws UnknownHostException, InterruptedException {
        try (WorkBeside narrow = new WorkBeside("test-room", 1, 8, 8)) {
            CountDownLatch begun = new CountDownLatch(1);
            CompletionStage<String> running = narrow.submit(
                    place("192.0.2.9"),
                    () -> {
                        begun.countDown();
                        return waitForTheEnd();
                    },
                    "displaced");
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            List<CompletionStage<String>> greedy = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                greedy.add(narrow.submit(place("192.0.2.1"), () -> "greedy", "displaced"));
            }
            assertThat(narrow.submit(place("192.0.2.1"), () -> "greedy", "displaced"))
                    .isNull();
            List<CompletionStage<String>> modest = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                modest.add(narrow.submit(place("192.0.2.2"), () -> "modest", "displaced"));
            }
            // As many as the others have: taking from them would only turn it round.
            assertThat(narrow.submit(place("192.0.2.2"), () -> "modest", "displaced"))
                    .isNull();
            assertThat(greedy.stream().map(one -> one.toCompletableFuture().getNow("waits")))
                    .containsExactly(
                            "waits", "waits", "waits", "waits", "displaced", "displaced", "displaced", "displaced");
            end.countDown();

            assertThat(running).isNotNull();
            assertThat(modest.stream().map(one -> one.toCompletableFuture().join()))
                    .containsOnly("modest");
            assertThat(greedy.subList(0, 4).stream()
                            .map(one -> one.toCompletableFuture().join()))
                    .containsOnly("greedy");
        }
    }

    private static String noted(Queue<String> order, String from) {
        order.add(from);
        return from;
    }

    private static ByteBuffer place(String address) throws UnknownHostException {
        return WorkBeside.of(InetAddress.getByName(address));
    }
}
