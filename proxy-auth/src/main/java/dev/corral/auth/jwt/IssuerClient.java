package dev.corral.auth.jwt;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.corral.core.spi.NetworkTrouble;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the keys of one issuer: over TLS, in bounded time and length, following no redirect. Blocks; one thread at a time.
 */
final class IssuerClient {
    private static final int MAX_BODY = 256 << 10;
    private static final String DISCOVERY = ".well-known/openid-configuration";

    private final Duration timeout;
    private final @Nullable CaFile authorities;
    private @Nullable HttpClient client;
    private @Nullable SSLContext trust;

    /**
     * A client that opens no connection yet.
     *
     * @param timeout for one answer, from the connection to its last byte
     * @param caFile whom to trust; null for those that Java trusts
     */
    IssuerClient(Duration timeout, @Nullable Path caFile) {
        this.timeout = timeout;
        this.authorities = caFile == null ? null : new CaFile(caFile);
    }

    /**
     * The keys as they are published now.
     *
     * @throws IssuerException if they cannot be had
     */
    IssuerKeys fetch(JwtIssuer issuer) throws IssuerException {
        URI jwks = issuer.jwks();
        return IssuerKeys.parse(get(jwks == null ? discover(issuer.issuer()) : jwks));
    }

    /** OpenID Connect Discovery 1.0 section 4. */
    private URI discover(String issuer) throws IssuerException {
        String json = get(IssuerUris.parse(issuer + (issuer.endsWith("/") ? "" : "/") + DISCOVERY));
        Map<String, Object> document;
        String jwks;
        String named;
        try {
            document = JSONObjectUtils.parse(json);
            named = JSONObjectUtils.getString(document, "issuer");
            jwks = JSONObjectUtils.getString(document, "jwks_uri");
        } catch (ParseException | RuntimeException e) {
            throw new IssuerException("its " + DISCOVERY + " is no JSON document of that kind");
        }
        if (!issuer.equals(named)) {
            throw new IssuerException("its " + DISCOVERY + " is that of another issuer: "
                    + ClaimText.shown(named == null ? List.of() : List.of(named)) + " (expected: " + issuer
                    + (differsBySlash(issuer, named) ? "; the slash at the end counts" : "") + ")");
        }
        if (jwks == null) {
            throw new IssuerException("its " + DISCOVERY + " names no jwks_uri");
        }
        return IssuerUris.parse(jwks);
    }

    static boolean differsBySlash(String one, @Nullable String other) {
        return other != null && (one.equals(other + "/") || other.equals(one + "/"));
    }

    private String get(URI uri) throws IssuerException {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(timeout)
                .header("Accept", "application/json, application/jwk-set+json")
                .build();
        // The time in the request ends with the answer's head; a body that drips must end too.
        CompletableFuture<HttpResponse<String>> answer = client().sendAsync(request, head -> new BoundedBody(MAX_BODY));
        HttpResponse<String> response;
        try {
            response = answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new IssuerException("it did not answer within " + timeout.toMillis() + " ms");
        } catch (ExecutionException e) {
            throw new IssuerException(reason(uri, e.getCause()));
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new IssuerException("Corral ends");
        }
        if (response.statusCode() != 200) {
            throw new IssuerException("it answers with status " + response.statusCode() + " (expected: 200)");
        }
        return response.body();
    }

    // Of the JDK's messages only the kind: they can hold what the other end has sent.
    private static String reason(URI uri, @Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IssuerException known) {
                return String.valueOf(known.getMessage());
            }
        }
        String why = NetworkTrouble.text(failure);
        if (why != null) {
            return NetworkTrouble.place(uri) + " cannot be reached: " + why;
        }
        return "it cannot be reached"
                + (failure == null ? "" : " (" + failure.getClass().getSimpleName() + ")")
                + (failure instanceof SSLHandshakeException
                        ? "; is its certificate of an authority that Java trusts, or the one in ca-file?"
                        : "");
    }

    private HttpClient client() throws IssuerException {
        SSLContext wanted = authorities == null ? null : authorities.context();
        HttpClient present = client;
        // Connections of the old one must not outlive the trust that they were made in.
        if (present == null || !Objects.equals(wanted, trust)) {
            HttpClient.Builder made = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(timeout);
            present = (wanted == null ? made : made.sslContext(wanted)).build();
            client = present;
            trust = wanted;
        }
        return present;
    }
}
