package dev.corral.auth.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SshPublicKeyTest {
    // The key of the seed 00 01 02 ... 1f; the fingerprint is what ssh-keygen -lf of OpenSSH prints for it.
    static final String TEXT = "AAAAC3NzaC1lZDI1NTE5AAAAIAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
    static final String FINGERPRINT = "SHA256:lbmsoA0yIEcEiVDRnMWuzm+nV+3ZEEpVIURqFoeSspg";

    @Test
    void text_isReadAndWrittenTheSame() {
        SshPublicKey key = SshPublicKey.parse(TEXT);
        assertThat(key).isNotNull();
        assertThat(key.text()).isEqualTo(TEXT);
        assertThat(HexFormat.of().formatHex(key.raw()))
                .isEqualTo("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8");
        assertThat(SshPublicKey.of(key.raw())).isEqualTo(key).hasSameHashCodeAs(key);
    }

    @Test
    void fingerprint_isThatOfSshKeygen() {
        SshPublicKey key = SshPublicKey.parse(TEXT);
        assertThat(key).isNotNull().hasToString(FINGERPRINT);
        assertThat(key.fingerprint()).isEqualTo(FINGERPRINT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "AAAAC3NzaC1lZDI1NTE5AAAAI",
                "AAAAC3NzaC1lZDI1NTE5AAAAIAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG",
                "AAAAC3NzaC1lZDI1NTE5AAAAIAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4AAAA",
                "AAAAC3NzaC1lZDI1NTE5AAAAIAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVT==",
                "AAAAC3NzaC1lZDI1NTE5AAAAIAOhB7_zzhC-HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
                "AAAAC3NzaC1lZDI1NTE4AAAAIAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
                "AAAAC3NzaC1lZDI1NTE5AAAAIQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
                // y = 0, y = 1 with the sign of x: no private key is needed to sign for these.
                "AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACA",
                " AAAAC3NzaC1lZDI1NTE5AAAAIAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG",
            })
    void whatIsNoEd25519Key_isRefused(String text) {
        assertThat(SshPublicKey.parse(text)).isNull();
    }
}
