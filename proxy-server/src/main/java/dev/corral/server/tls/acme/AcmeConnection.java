package dev.corral.server.tls.acme;

import dev.corral.core.spi.NetworkTrouble;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.connector.DefaultConnection;
import org.shredzone.acme4j.connector.HttpConnector;

/** The library's connection, whose answers would have neither a size nor an end. */
final class AcmeConnection extends DefaultConnection {
    /** Chains of certificates have a few KiB, directories less. */
    private static final int MAX_BODY = 256 << 10;

    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final HttpConnector connector;
    private final HttpClient client;

    AcmeConnection(HttpConnector connector) {
        super(connector);
        this.connector = connector;
        this.client = connector.getHttpClient();
    }

    @Override
    protected void sendRequest(Session session, URL url, Consumer<HttpRequest.Builder> body) throws IOException {
        HttpRequest.Builder request =
                connector.createRequestBuilder(url).header("Accept-Language", session.getLanguageHeader());
        body.accept(request);
        HttpRequest question = request.build();
        String place = NetworkTrouble.place(question.uri());
        CompletableFuture<HttpResponse<InputStream>> answer =
                client.sendAsync(question, head -> new LimitedBody(MAX_BODY));
        try {
            lastResponse = answer.get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (TimeoutException e) {
            throw new Unreachable(place + " has not answered within " + LONGEST.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            String why = NetworkTrouble.text(e.getCause());
            if (why != null) {
                throw new Unreachable(place + " cannot be reached: " + why, e);
            }
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } finally {
            answer.cancel(true);
        }
    }
}
