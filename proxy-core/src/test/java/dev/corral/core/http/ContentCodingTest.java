package dev.corral.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.spi.Endpoint;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ContentCodingTest {
    private static HttpHeaders coded(String... values) {
        HttpHeaders headers = new DefaultHttpHeaders();
        for (String value : values) {
            headers.add("Content-Encoding", value);
        }
        return headers;
    }

    @ParameterizedTest
    @EnumSource(Endpoint.class)
    void noneOrIdentity_isPlainEverywhere(Endpoint endpoint) {
        assertThat(ContentCoding.of(coded(), endpoint)).isEqualTo(ContentCoding.IDENTITY);
        assertThat(ContentCoding.of(coded("identity"), endpoint)).isEqualTo(ContentCoding.IDENTITY);
        assertThat(ContentCoding.of(coded("Identity"), endpoint)).isEqualTo(ContentCoding.IDENTITY);
    }

    @ParameterizedTest
    @EnumSource(Endpoint.class)
    void zstd_isReadWhereOllamaReadsIt(Endpoint endpoint) {
        boolean reads = switch (endpoint) {
            case CHAT_COMPLETIONS, COMPLETIONS, V1_EMBEDDINGS, RESPONSES, MESSAGES -> true;
            default -> false;
        };

        assertThat(ContentCoding.zstd(endpoint)).isEqualTo(reads);
        assertThat(ContentCoding.of(coded("zstd"), endpoint)).isEqualTo(reads ? ContentCoding.ZSTD : null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ZSTD", "Zstd", "zstd, identity", "zstd,gzip", "gzip", "br", "deflate", "x-zstd", "*"})
    void anythingElse_isRefused(String value) {
        assertThat(ContentCoding.of(coded(value), Endpoint.RESPONSES)).isNull();
    }

    @Test
    void twoFields_areRefused() {
        assertThat(ContentCoding.of(coded("zstd", "identity"), Endpoint.RESPONSES))
                .isNull();
        assertThat(ContentCoding.of(coded("identity", "identity"), Endpoint.RESPONSES))
                .isNull();
        assertThat(ContentCoding.of(coded("identity", "zstd"), Endpoint.RESPONSES))
                .isNull();
    }
}
