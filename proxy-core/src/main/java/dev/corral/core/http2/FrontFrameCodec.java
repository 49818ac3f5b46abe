package dev.corral.core.http2;

import dev.corral.core.Limits;
import dev.corral.core.http.FlowGate;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Netty's codec of HTTP/2 with bounds from the first byte on: its own hold only once the client has acknowledged our
 * settings, which it need not. Streams get their bytes in turn; priorities are ignored, as RFC 9113 section 5.3 allows.
 */
final class FrontFrameCodec extends Http2FrameCodec {
    private static final int MAX_QUEUED_CONTROL_FRAMES = 1_000;

    // How long GOAWAY may take to leave: a client that does not read gets none.
    private static final long GOODBYE_MILLIS = 1_000;

    private final FloodMeter floods;
    private final Complaints complaints;
    private boolean failed;

    private FrontFrameCodec(
            Http2ConnectionEncoder encoder,
            Http2ConnectionDecoder decoder,
            Http2Settings settings,
            FloodMeter floods,
            Complaints complaints) {
        // Closing closes at once: to send GOAWAY before is up to who closes.
        super(encoder, decoder, settings, true, true);
        this.floods = floods;
        this.complaints = complaints;
    }

    static FrontFrameCodec of(Limits limits, FloodMeter floods, Complaints complaints) {
        return (FrontFrameCodec) new Builder(limits, floods, complaints).build();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (failed) {
            // It was told why, and is about to be closed.
            ReferenceCountUtil.release(message);
        } else if (message instanceof ByteBuf bytes && !floods.read(bytes)) {
            ReferenceCountUtil.release(message);
            tooMuch(ctx);
        } else {
            super.channelRead(ctx, message);
        }
    }

    /** Netty's reads on, whether the channel is to be read or not. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        if (failed) {
            ctx.fireChannelReadComplete();
            flush(ctx);
        } else {
            super.channelReadComplete(ctx);
        }
    }

    /** What came together with what was too much is not looked at either. */
    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (failed) {
            in.skipBytes(in.readableBytes());
        } else {
            super.decode(ctx, in, out);
        }
    }

    private void tooMuch(ChannelHandlerContext ctx) {
        onError(
                ctx,
                false,
                Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many frames that carry nothing"));
    }

    @Override
    protected void onConnectionError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, @Nullable Http2Exception known) {
        if (!failed) {
            failed = true;
            if (known != null) {
                complaints.closed(known.error() == Http2Error.ENHANCE_YOUR_CALM);
            }
            new FlowGate(ctx.channel()).close(FlowGate.Reason.ENDING);
            Future<?> end = ctx.executor().schedule(() -> cut(ctx), GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
            ctx.channel().closeFuture().addListener(closed -> end.cancel(false));
        }
        super.onConnectionError(ctx, outbound, cause, known);
    }

    /** Past TLS, which would wait for room to say that this is the end. */
    private static void cut(ChannelHandlerContext ctx) {
        ChannelHandlerContext first = ctx.pipeline().firstContext();
        if (first != null) {
            first.close();
        }
    }

    @Override
    protected void handleServerHeaderDecodeSizeError(ChannelHandlerContext ctx, Http2Stream stream) {
        complaints.tooLarge();
        super.handleServerHeaderDecodeSizeError(ctx, stream);
    }

    @Override
    public ChannelFuture resetStream(ChannelHandlerContext ctx, int streamId, long code, ChannelPromise promise) {
        if (failed) {
            // GOAWAY says it all.
            return promise.unvoid().setSuccess();
        }
        boolean ours = code == Http2Error.NO_ERROR.code()
                || code == Http2Error.CANCEL.code()
                || code == Http2Error.INTERNAL_ERROR.code();
        Http2Stream stream = connection().stream(streamId);
        if (stream == null && code == Http2Error.PROTOCOL_ERROR.code()) {
            // What Netty itself finds wrong with a head keeps a stream from coming to be.
            complaints.malformed();
        }
        boolean late = code == Http2Error.STREAM_CLOSED.code() && stream == null;
        boolean affordable =
                late ? floods.late() : ours || floods.provokedReset(code != Http2Error.REFUSED_STREAM.code());
        if (!affordable) {
            tooMuch(ctx);
        } else if (stream != null && !stream.isResetSent() && stream.state().remoteSideOpen()) {
            floods.cutOff();
        }
        return super.resetStream(ctx, streamId, code, promise);
    }

    private static final class Builder extends Http2FrameCodecBuilder {
        private final FloodMeter floods;
        private final Complaints complaints;

        Builder(Limits limits, FloodMeter floods, Complaints complaints) {
            this.floods = floods;
            this.complaints = complaints;
            Http2Connection connection = new DefaultHttp2Connection(true, 0);
            connection.remote().maxActiveStreams(limits.streamsPerConnection());
            connection
                    .remote()
                    .flowController(new DefaultHttp2RemoteFlowController(
                            connection, new UniformStreamByteDistributor(connection)));
            connection(connection);
            initialSettings(new Http2Settings()
                    .maxConcurrentStreams(limits.streamsPerConnection())
                    .maxHeaderListSize(limits.headerBytes())
                    .initialWindowSize(Http2Pipeline.STREAM_WINDOW));
            gracefulShutdownTimeoutMillis(0);
            encoderEnforceMaxQueuedControlFrames(MAX_QUEUED_CONTROL_FRAMES);
            // Advice of the client's: what Corral tells is short, and an answer that cannot be sent helps nobody.
            encoderIgnoreMaxHeaderListSize(true);
            // The meter counts these, with time.
            decoderEnforceMaxRstFramesPerWindow(0, 0);
            encoderEnforceMaxRstFramesPerWindow(0, 0);
        }

        @Override
        protected Http2FrameCodec build(
                Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
            return new FrontFrameCodec(encoder, decoder, settings, floods, complaints);
        }
    }
}
