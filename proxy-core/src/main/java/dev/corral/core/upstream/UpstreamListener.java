package dev.corral.core.upstream;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/** The exchange that has leased a connection, as the connection sees it. Called on the connection's event loop. */
public interface UpstreamListener {
    /** A head arrived, interim ones included; its decoder result is not checked yet. */
    void onResponse(HttpResponse response);

    /** A piece of a body arrived. Takes ownership. */
    void onContent(HttpContent content);

    /** All that was to be read for now was handed over. */
    void onReadComplete();

    /** The connection takes more again, or no more. */
    void onUpstreamWritability();

    /**
     * The connection is gone.
     *
     * @param cause null for an orderly end
     */
    void onUpstreamClosed(@Nullable Throwable cause);
}
