package dev.corral.core.upstream;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** Takes what a connection brings, and does nothing with it. */
enum IgnoredAnswers implements UpstreamListener {
    INSTANCE;

    @Override
    public void onResponse(HttpResponse response) {
        ReferenceCountUtil.release(response);
    }

    @Override
    public void onContent(HttpContent content) {
        content.release();
    }

    @Override
    public void onReadComplete() {}

    @Override
    public void onUpstreamWritability() {}

    @Override
    public void onUpstreamClosed(@Nullable Throwable cause) {}
}
