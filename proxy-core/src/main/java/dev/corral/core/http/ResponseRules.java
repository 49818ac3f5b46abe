package dev.corral.core.http;

import dev.corral.core.error.ErrorCode;
import dev.corral.core.error.ProxyError;
import dev.corral.core.spi.Endpoint;
import dev.corral.core.spi.EndpointGroup;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an upstream's response head must be like to be passed on. */
public final class ResponseRules {
    private ResponseRules() {}

    /** The reason not to pass a final response on, or null where there is none. */
    public static @Nullable ProxyError check(HttpResponse response, Endpoint endpoint) {
        ProxyError problem = framing(response);
        if (problem != null) {
            return problem;
        }
        int status = response.status().code();
        if (status == 401 && endpoint.group() != EndpointGroup.ACCOUNT) {
            // It carries the host name and public key of the owner's account (ollama-api section 9.2).
            return new ProxyError(
                    ErrorCode.UPSTREAM_UNAUTHORIZED,
                    "this model runs on ollama.com, and the server is not signed in there");
        }
        if (status == 403 && "0".equals(response.headers().get(HttpHeaderNames.CONTENT_LENGTH))) {
            return bad("refused the proxy itself; its operator should look at OLLAMA_HOST and OLLAMA_ORIGINS");
        }
        return null;
    }

    /**
     * The same for a response of another Corral: its refusals are meant for the client.
     *
     * @param head whether the request was a HEAD
     */
    public static @Nullable ProxyError ofAnotherCorral(HttpResponse response, boolean head) {
        ProxyError problem = framing(response);
        if (problem != null) {
            return problem;
        }
        int status = response.status().code();
        boolean bodiless = head || status == 204 || status == 304;
        if (!bodiless && !HttpUtil.isTransferEncodingChunked(response) && !HttpUtil.isContentLengthSet(response)) {
            // Whoever can cut the connection could pass a part off as the whole, and no Corral answers like this.
            return bad("did not say where its answer ends");
        }
        return null;
    }

    private static @Nullable ProxyError framing(HttpResponse response) {
        if (!response.decoderResult().isSuccess()) {
            return bad("sent a malformed response head");
        }
        if (!response.protocolVersion().equals(HttpVersion.HTTP_1_1)
                && !response.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
            return bad("answered in another protocol");
        }
        int status = response.status().code();
        if (status < 200 || status > 599) {
            // 101 included: no upgrade was asked for.
            return bad("answered with a status that was not asked for");
        }
        List<String> encodings = response.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (encodings.size() > 1
                || encodings.size() == 1 && !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(encodings.get(0))) {
            return bad("framed its response in an unknown way");
        }
        if (status >= 300 && status < 400 && status != 304) {
            // Followed by the client, it would ask for a path that was never decided on (ollama-api section 1.3).
            return bad("answered with a redirection");
        }
        return null;
    }

    /** The reason why a response cannot be looked into, whatever follows; null where there is none. */
    public static @Nullable ProxyError encoded(HttpResponse response) {
        List<String> codings = response.headers().getAll(HttpHeaderNames.CONTENT_ENCODING);
        boolean plain = codings.isEmpty()
                || codings.size() == 1 && HttpHeaderValues.IDENTITY.contentEqualsIgnoreCase(codings.get(0));
        return plain ? null : bad("encoded an answer that it was asked to send plain");
    }

    /** The upstream did something that cannot be passed on. */
    public static ProxyError bad(String what) {
        return new ProxyError(ErrorCode.UPSTREAM_BAD_RESPONSE, "the model server " + what);
    }
}
