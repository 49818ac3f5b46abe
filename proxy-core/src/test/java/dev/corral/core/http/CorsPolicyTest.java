package dev.corral.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.core.CorsSettings;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CorsPolicyTest {
    private static final CorsPolicy DEFAULT = new CorsPolicy(CorsSettings.DEFAULTS);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost",
                "http://localhost:3000",
                "https://localhost:1",
                "HTTP://LOCALHOST:65535",
                "http://127.0.0.1",
                "https://127.0.0.1:8443",
                "app://obsidian.md",
                "file://",
                "tauri://localhost",
                "vscode-webview://0a1b2c",
                "vscode-file://vscode-app",
                "http://gpu.lab:11435",
                "https://gpu.lab:11435",
                "http://GPU.lab:11435",
            })
    void localAndSameHostPages_mayCall(String origin) {
        assertThat(DEFAULT.allows(origin, "gpu.lab:11435")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "*",
                "http://localhost:3000.evil.com",
                "http://localhost:.evil.com",
                "http://localhost:",
                "http://localhost:3000/",
                "http://localhost:3000 ",
                " http://localhost:3000",
                "http://localhost:123456",
                "http://localhost:-1",
                "http://localhost:+1",
                "http://localhost:3000@evil.com",
                "http://localhost:*",
                "http://localhost.evil.com",
                "http://localhost.",
                "http://localhostx",
                "http://evil.com",
                "http://evil.com:11435",
                "http://evil.com#http://localhost",
                "http://evil.com/http://localhost:3000",
                "https://localhost@evil.com",
                "ftp://localhost:3000",
                "ws://localhost:3000",
                "http:localhost:3000",
                "http://127.0.0.1.nip.io",
                "http://127.0.0.11",
                "http://[::1]:3000",
                "http://localhost:\u0661",
                "xapp://x",
                "app:/x",
                "vscode-webviewx://x",
                "chrome-extension://abc",
                "gpu.lab:11435",
                "http://gpu.lab",
                "http://gpu.lab:1143",
                "http://gpu.lab:114355",
                "http://gpu.lab:11435.evil.com",
                "ftp://gpu.lab:11435",
            })
    void anyOtherPage_mayNot(String origin) {
        assertThat(DEFAULT.allows(origin, "gpu.lab:11435")).isFalse();
    }

    @Test
    void noHost_isNobodysOrigin() {
        assertThat(DEFAULT.allows("http://evil.com", "")).isFalse();
    }

    @Test
    void configuredOrigin_isComparedWhole() {
        CorsPolicy policy = new CorsPolicy(new CorsSettings(List.of("https://Chat.lab"), Duration.ofHours(1)));

        assertThat(policy.allows("https://chat.lab", "x")).isTrue();
        assertThat(policy.allows("https://chat.lab:8443", "x")).isFalse();
        assertThat(policy.allows("http://chat.lab", "x")).isFalse();
        assertThat(policy.allows("https://a.chat.lab", "x")).isFalse();
        assertThat(policy.allows("https://chat.lab.evil.com", "x")).isFalse();
        assertThat(policy.allows("http://localhost:3000", "x")).isFalse();
    }

    @Test
    void nothingConfigured_onlySameHostMayCall() {
        CorsPolicy policy = new CorsPolicy(new CorsSettings(List.of(), Duration.ZERO));

        assertThat(policy.allows("http://localhost:3000", "gpu.lab")).isFalse();
        assertThat(policy.allows("http://gpu.lab", "gpu.lab")).isTrue();
    }

    @Test
    void starAlone_allowsEveryOrigin() {
        CorsPolicy policy = new CorsPolicy(new CorsSettings(List.of("*"), Duration.ofHours(1)));

        assertThat(policy.allows("null", "x")).isTrue();
        assertThat(policy.allows("https://evil.com", "x")).isTrue();
    }

    @Test
    void grant_namesTheOriginAndVariesByIt() {
        HttpHeaders response = new DefaultHttpHeaders();
        CorsPolicy.grant(response, "http://localhost:3000");

        assertThat(response.get("Access-Control-Allow-Origin")).isEqualTo("http://localhost:3000");
        assertThat(response.get("Vary")).isEqualToIgnoringCase("origin");
        assertThat(response.get("Access-Control-Expose-Headers")).contains("X-Request-Id");
        assertThat(response.contains("Access-Control-Allow-Credentials")).isFalse();
    }

    @Test
    void preflight_listsWhatOllamaForgets() {
        HttpHeaders response = new DefaultHttpHeaders();
        DEFAULT.grantPreflight(response, new DefaultHttpHeaders());

        assertThat(response.get("Access-Control-Allow-Methods")).contains("GET", "POST", "DELETE");
        assertThat(response.get("Access-Control-Allow-Headers"))
                .contains("Authorization", "X-API-Key", "anthropic-version", "anthropic-beta", "x-stainless-os");
        assertThat(response.get("Access-Control-Max-Age")).isEqualTo("43200");
        assertThat(response.contains("Access-Control-Allow-Private-Network")).isFalse();
    }

    @Test
    void preflightFromPublicPage_isToldPrivateNetworkOnlyWhenAsked() {
        HttpHeaders request = new DefaultHttpHeaders().set("Access-Control-Request-Private-Network", "true");
        HttpHeaders response = new DefaultHttpHeaders();
        DEFAULT.grantPreflight(response, request);

        assertThat(response.get("Access-Control-Allow-Private-Network")).isEqualTo("true");
    }
}
