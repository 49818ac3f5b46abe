package dev.corral.server.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.multipart.Attribute;
import io.netty.handler.codec.http.multipart.DefaultHttpDataFactory;
import io.netty.handler.codec.http.multipart.FileUpload;
import io.netty.handler.codec.http.multipart.HttpPostMultipartRequestDecoder;
import io.netty.handler.codec.http.multipart.HttpPostRequestDecoder.ErrorDataDecoderException;
import io.netty.handler.codec.http.multipart.InterfaceHttpData;
import java.io.IOException;
import java.util.Locale;

/** Forms, of which only {@code /v1/audio/transcriptions} has any. */
final class Form {
    private Form() {}

    /** Whether the body of this request is one. */
    static boolean in(FullHttpRequest request) {
        return request.headers()
                .get(HttpHeaderNames.CONTENT_TYPE, "")
                .toLowerCase(Locale.ROOT)
                .startsWith("multipart/form-data");
    }

    /** The fields as members of an object: of a text the first value, of a file the number of its bytes. */
    static ObjectNode parse(FullHttpRequest request) throws ApiException {
        ObjectNode fields = Json.object();
        HttpPostMultipartRequestDecoder decoder;
        try {
            decoder = new HttpPostMultipartRequestDecoder(new DefaultHttpDataFactory(false), request);
        } catch (ErrorDataDecoderException e) {
            throw new ApiException(400, "failed to parse multipart form");
        }
        try {
            for (InterfaceHttpData data : decoder.getBodyHttpDatas()) {
                if (fields.has(data.getName())) {
                    continue;
                }
                if (data instanceof FileUpload file) {
                    fields.put(file.getName(), file.length());
                } else if (data instanceof Attribute attribute) {
                    fields.put(attribute.getName(), attribute.getValue());
                }
            }
        } catch (IOException e) {
            throw new ApiException(400, "failed to parse multipart form");
        } finally {
            decoder.destroy();
        }
        return fields;
    }
}
