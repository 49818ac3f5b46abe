package dev.corral.core.upstream;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.corral.core.UpstreamSettings;
import dev.corral.core.policy.ModelCatalogue;
import dev.corral.core.policy.ModelCatalogue.Place;
import dev.corral.core.policy.ModelName;
import dev.corral.core.spi.NanoClock;
import dev.corral.core.testkit.Answer;
import dev.corral.core.testkit.Await;
import dev.corral.core.testkit.FakeOllama;
import dev.corral.core.testkit.Gate;
import dev.corral.core.testkit.TestClock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class CatalogueReaderIT {
    private static final Duration TICK = Duration.ofMillis(5);
    private static final Duration INTERVAL = Duration.ofMinutes(5);
    private static final Duration QUIET = Duration.ofMillis(60);
    private static final String LISTING = "{\"models\":[{\"name\":\"chat:latest\",\"model\":\"chat:latest\"},"
            + "{\"name\":\"rstub:latest\",\"model\":\"rstub:latest\",\"remote_host\":\"https://ollama.com:443\"}]}";

    private final FakeOllama ollama = FakeOllama.start();
    private final TestClock clock =
            new TestClock(Long.MAX_VALUE - Duration.ofMinutes(1).toNanos());
    private final ModelCatalogue catalogue = new ModelCatalogue(clock);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(CatalogueReader.class);

    @BeforeEach
    void listen() {
        ollama.onRequest(Answer.json(200, LISTING));
        log.list = new CopyOnWriteArrayList<>();
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void end() throws IOException {
        logger.detachAppender(log);
        ollama.close();
        ollama.assertScriptsSucceeded();
    }

    @Test
    void atTheStart_theListingIsRead_asOllamaExpects() {
        try (CatalogueReader reader = reader(clock)) {
            await(Place.LOCAL, "chat");
            assertThat(place("rstub")).isEqualTo(Place.REMOTE);
            assertThat(ollama.request(0).method()).isEqualTo("GET");
            assertThat(ollama.request(0).target()).isEqualTo("/api/tags");
            assertThat(ollama.request(0).all("Host")).containsExactly("127.0.0.1:" + ollama.port());
            assertThat(log.list).isEmpty();
            assertThat(reader).isNotNull();
        }
    }

    @Test
    void chunkedListing_isRead() {
        ollama.onRequest((connection, request) -> {
            connection.sendHead(200, "Content-Type: application/json", "Transfer-Encoding: chunked");
            for (int i = 0; i < LISTING.length(); i += 7) {
                connection.sendChunk(LISTING.substring(i, Math.min(i + 7, LISTING.length())));
            }
            connection.sendLastChunk();
        });
        readsThenStops(Place.REMOTE, "rstub");
    }

    @Test
    void listingUpToTheEndOfTheConnection_isRead() {
        ollama.onRequest((connection, request) -> {
            connection.send("HTTP/1.0 200 OK\r\n\r\n" + LISTING);
            connection.close();
        });
        readsThenStops(Place.REMOTE, "rstub");
    }

    @Test
    void whileItCannotBeRead_itIsTriedAgain_andSaidOnce() {
        Answer cut = (connection, request) -> {
            connection.sendHead(200, "Content-Length: " + LISTING.length());
            connection.send(LISTING.substring(0, LISTING.length() - 2));
            connection.close();
        };
        List<Answer> troubles = List.of(
                Answer.json(500, LISTING),
                Answer.json(200, "{\"error\":\"\u001b[31m\"}"),
                Answer.json(200, LISTING + "x"),
                cut,
                Answer.raw("garbage\r\n\r\n"),
                Answer.raw("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"),
                Answer.raw("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n"),
                Answer.raw("HTTP/1.1 200 OK\r\nContent-Length: " + (16 << 20) + "1\r\n\r\n"),
                Answer.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"),
                Answer.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZ\r\n"),
                Answer.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}}\r\n"),
                Answer.raw("HTTP/1.1 200 OK\r\nX: " + "x".repeat(9000) + "\r\n\r\n"),
                Answer.raw("HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(101) + "\r\n"),
                (connection, request) -> connection.rst());
        for (int i = 0; i < troubles.size(); i++) {
            ollama.onRequest(i, troubles.get(i));
        }
        try (CatalogueReader reader = reader(NanoClock.SYSTEM)) {
            await(Place.LOCAL, "chat");
            assertThat(ollama.requests()).hasSize(troubles.size() + 1);
            Await.until("two warnings", () -> log.list.size() == 2);
            assertThat(log.list.get(0).getFormattedMessage()).contains("not answered with 200");
            assertThat(log.list.get(1).getFormattedMessage()).contains("can be read again");
            assertThat(reader).isNotNull();
        }
    }

    @Test
    void upstreamThatIsNotThere_isTriedUntilItIs() throws IOException {
        ollama.refuse();
        try (CatalogueReader reader = reader(NanoClock.SYSTEM)) {
            Await.until("a warning", () -> log.list.size() == 1);
            assertThat(log.list.get(0).getFormattedMessage()).endsWith("is tried again: connection refused");
            ollama.restart();
            await(Place.LOCAL, "chat");
            assertThat(reader).isNotNull();
        }
    }

    @Test
    void whenTheListingIsOld_itIsReadAgain() {
        try (CatalogueReader reader = reader(clock)) {
            await(Place.LOCAL, "chat");
            ollama.onRequest(Answer.json(200, "{\"models\":[]}"));
            clock.advance(INTERVAL.minusNanos(1));
            nothingMoreThan(1);
            clock.advance(Duration.ofNanos(1));
            await(Place.UNKNOWN, "chat");
            assertThat(ollama.requests()).hasSize(2);
            assertThat(reader).isNotNull();
        }
    }

    /** A client that asked for the list has saved Corral the question. */
    @Test
    void listingLearnedFromElsewhere_putsTheNextOneOff() {
        try (CatalogueReader reader = reader(clock)) {
            await(Place.LOCAL, "chat");
            clock.advance(Duration.ofMinutes(4));
            catalogue.learn(Map.of());
            clock.advance(Duration.ofMinutes(4));
            nothingMoreThan(1);
            clock.advance(Duration.ofMinutes(1));
            ollama.awaitRequests(2);
            assertThat(reader).isNotNull();
        }
    }

    @Test
    void refreshes_areMadeOnceASecondAtMost() {
        try (CatalogueReader reader = reader(clock)) {
            await(Place.LOCAL, "chat");
            for (int i = 0; i < 100; i++) {
                reader.refreshSoon();
            }
            nothingMoreThan(1);
            clock.advance(Duration.ofMillis(CatalogueReader.SPACING_MILLIS));
            ollama.awaitRequests(2);
            clock.advance(Duration.ofMillis(CatalogueReader.SPACING_MILLIS));
            nothingMoreThan(2);
            reader.refreshSoon();
            ollama.awaitRequests(3);
        }
    }

    /** The upstream may have looked before the change and answered after it. */
    @Test
    void refreshAskedForWhileAListingIsOnItsWay_isMadeAfterIt() {
        Gate gate = new Gate();
        ollama.onRequest(0, (connection, request) -> {
            gate.await();
            connection.respond(200, "application/json", LISTING);
        });
        try (CatalogueReader reader = reader(clock)) {
            ollama.awaitRequests(1);
            reader.refreshSoon();
            gate.open();
            await(Place.LOCAL, "chat");
            clock.advance(Duration.ofMillis(CatalogueReader.SPACING_MILLIS));
            ollama.awaitRequests(2);
        }
    }

    @Test
    void whenARefreshFails_itIsTriedAgain_andWhatIsKnownStays() {
        ollama.onRequest(1, Answer.json(500, "{}"));
        try (CatalogueReader reader = reader(clock)) {
            await(Place.LOCAL, "chat");
            clock.advance(Duration.ofSeconds(1));
            reader.refreshSoon();
            Await.until("a warning", () -> log.list.size() == 1);
            assertThat(place("chat")).isEqualTo(Place.LOCAL);
            clock.advance(TICK);
            Await.until("that it is over", () -> log.list.size() == 2);
            assertThat(ollama.requests()).hasSize(3);
        }
    }

    @Test
    void answerThatTakesTooLong_isBrokenOff() {
        Answer trickle = (connection, request) -> {
            connection.sendHead(200, "Content-Length: 1000");
            connection.dribble(" ".repeat(1000), Duration.ofMillis(5));
        };
        ollama.onRequest(0, trickle);
        try (CatalogueReader reader = reader(clock)) {
            ollama.awaitConnections(1);
            ollama.awaitRequests(1);
            clock.advance(Duration.ofSeconds(10));
            Await.until("a warning", () -> log.list.size() == 1);
            assertThat(log.list.get(0).getFormattedMessage()).contains("in time");
            clock.advance(TICK);
            await(Place.LOCAL, "chat");
            assertThat(reader).isNotNull();
        }
    }

    @Test
    void close_breaksOffAListingThatNeverComes_andEndsTheThread() {
        ollama.onRequest(Answer.NEVER);
        CatalogueReader reader = reader(clock);
        ollama.awaitRequests(1);
        Await.until("its thread", () -> threads() == 1);
        reader.close();
        Await.until("the end of the thread", () -> threads() == 0);
        ollama.awaitClosed(ollama.connections().get(0), Await.LONG);
        reader.refreshSoon();
        reader.close();
        assertThat(log.list).isEmpty();
        assertThat(ollama.requests()).hasSize(1);
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("corral-catalogue"))
                .count();
    }

    private void readsThenStops(Place place, String raw) {
        try (CatalogueReader reader = reader(clock)) {
            await(place, raw);
            nothingMoreThan(1);
            assertThat(reader).isNotNull();
        }
    }

    private void nothingMoreThan(int requests) {
        Await.holds(QUIET, () -> requests + " requests", () -> ollama.requests().size() == requests);
    }

    private CatalogueReader reader(NanoClock time) {
        UpstreamSettings settings = new UpstreamSettings("127.0.0.1", ollama.port(), 1, INTERVAL, TICK, INTERVAL);
        Upstream upstream = new Upstream(settings, (summary) -> {});
        return new CatalogueReader(upstream, catalogue, time, Duration.ofSeconds(10), INTERVAL);
    }

    private void await(Place place, String raw) {
        Await.until(raw + " to be " + place, () -> place(raw) == place);
    }

    private Place place(String raw) {
        return catalogue.place(requireNonNull(ModelName.parse(raw), raw));
    }
}
