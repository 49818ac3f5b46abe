package dev.corral.auth.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IssuerKeysTest {
    private static String set(JWK... keys) {
        return new JWKSet(List.of(keys)).toString(false);
    }

    @Test
    void keys_areKeptWithoutTheirPrivateHalf() throws IssuerException {
        IssuerKeys keys = IssuerKeys.parse(set(Signed.RSA, Signed.EC));

        assertThat(keys.keys()).containsExactly(Signed.RSA.toPublicJWK(), Signed.EC.toPublicJWK());
        assertThat(keys.keys()).noneMatch(JWK::isPrivate);
    }

    @Test
    void secretsAndWeakKeys_areNotTaken() throws IssuerException {
        JWK secret = new OctetSequenceKey.Builder(new byte[32]).keyID("rsa-1").build();
        JWK weak = Signed.rsa("weak", 1024);

        assertThat(IssuerKeys.parse(set(secret, weak, Signed.RSA)).keys()).containsExactly(Signed.RSA.toPublicJWK());
        assertThatThrownBy(() -> IssuerKeys.parse(set(secret, weak)))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("no key for signatures");
    }

    @Test
    void kindsOfTomorrow_doNotSpoilTheRest() throws IssuerException {
        String json = set(Signed.RSA).replace("{\"keys\":[", "{\"keys\":[{\"kty\":\"AKP\",\"alg\":\"ML-DSA-65\"},");

        assertThat(IssuerKeys.parse(json).keys()).hasSize(1);
    }

    @Test
    void moreKeysThanAnyIssuerHas_areRefused() {
        List<JWK> keys = new ArrayList<>();
        for (int i = 0; i <= 100; i++) {
            keys.add(Signed.EC);
        }
        assertThatThrownBy(() -> IssuerKeys.parse(new JWKSet(keys).toString()))
                .isInstanceOf(IssuerException.class)
                .hasMessageContaining("at most 100");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[1]}", "<html>", "{\"keys\":[{}]}"})
    void anythingElse_isNoKeySet(String text) {
        assertThatThrownBy(() -> IssuerKeys.parse(text)).isInstanceOf(IssuerException.class);
    }
}
