package dev.corral.auth.scheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
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
        return work.submit(WorkBeside.of(InetAddress.getByName(from)), () -> {
            try {
                return end.await(20, TimeUnit.SECONDS) ? "done" : "late";
            } catch (InterruptedException e) {
                return "interrupted";
            }
        });
    }

    @Test
    void work_isDoneOnAThreadOfItsOwn() throws UnknownHostException {
        CompletionStage<String> thread = work.submit(
                WorkBeside.of(InetAddress.getByName("192.0.2.1")),
                () -> Thread.currentThread().getName());
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
            CompletionStage<String> failed = work.submit(WorkBeside.of(InetAddress.getByName("192.0.2.1")), () -> {
                throw new IllegalStateException("no");
            });
            assertThat(failed).isNotNull();
            assertThat(catchThrowable(failed.toCompletableFuture()::join)).isInstanceOf(CompletionException.class);
        }
    }
}
