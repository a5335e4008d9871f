package org.webhookbroker.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SigningSecretTest {
    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final long TIME = 1_614_265_330;
    private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);

    /** Both are in the tests of the reference library in Go; the first in those of all reference libraries. */
    @ParameterizedTest
    @CsvSource({
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='",
        "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=, 'v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag=='"
    })
    void knownAnswers(String secret, String signature) {
        assertThat(SigningSecret.parse(secret).sign(ID, TIME, BODY)).isEqualTo(signature);
        assertThat(SigningSecret.parse(secret).text()).isEqualTo(secret);
    }

    /** RFC 8032, section 7.1, test 1. */
    @Test
    void thePublicKeyOfASeed() {
        SigningSecret secret =
                SigningSecret.parse(whsk("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));

        assertThat(secret.publicKey())
                .contains("whpk_" + base64("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
        assertThat(SigningSecret.make(SignatureVersion.V1).publicKey()).isEmpty();
    }

    @Test
    void aSecretKeyMayHaveItsPublicKeyBehindItsSeed() {
        String seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        String itsPublicKey = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

        assertThat(SigningSecret.parse(whsk(seed + itsPublicKey))).isEqualTo(SigningSecret.parse(whsk(seed)));
        assertThatThrownBy(() -> SigningSecret.parse(whsk(seed + itsPublicKey.replace("1a", "1b"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("has 64 bytes behind whsk_, of which the last 32 are not the public key of the first 32");
    }

    @ParameterizedTest
    @EnumSource
    void eachMadeSecretIsAnother(SignatureVersion version) {
        SigningSecret made = SigningSecret.make(version);

        assertThat(made.text()).startsWith(version.prefix());
        assertThat(Base64.getDecoder()
                        .decode(made.text().substring(version.prefix().length())))
                .hasSize(32);
        assertThat(made)
                .isEqualTo(SigningSecret.parse(made.text()))
                .hasSameHashCodeAs(SigningSecret.parse(made.text()))
                .isNotEqualTo(SigningSecret.make(version));
        assertThat(made.toString()).doesNotContain(made.text().substring(6));
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 25, 32, 63, 64})
    void aSharedSecretHas24To64Bytes(int bytes) {
        assertThat(SigningSecret.parse(whsec(bytes)).sign(ID, TIME, BODY)).startsWith("v1,");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16, 23, 65, 1_000_000})
    void otherLengthsAreRefused(int bytes) {
        assertThatThrownBy(() -> SigningSecret.parse(whsec(bytes)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .hasMessage("has " + bytes + " bytes behind whsec_; use 24 to 64");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 31, 33, 63, 65, 96})
    void otherLengthsOfSecretKeysAreRefused(int bytes) {
        assertThatThrownBy(
                        () -> SigningSecret.parse("whsk_" + Base64.getEncoder().encodeToString(new byte[bytes])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("has " + bytes + " bytes behind whsk_; use the 32 bytes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAA", // no padding
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAB==", // bits that count for nothing
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_", // the alphabet of URLs
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n",
                "whsec_ MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS\u00fc",
                "whsec_====",
                "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk",
                "whsk_\ud83d\ude00"
            })
    void malformedBase64IsRefusedWithoutShowingIt(String secret) {
        assertThatThrownBy(() -> SigningSecret.parse(secret))
                .isInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .hasMessageMatching("is not standard base64 with padding behind wh(sec|sk)_");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "whsec",
                "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                " whsec_",
                "whpk_"
            })
    void otherKindsAreRefused(String secret) {
        assertThatThrownBy(() -> SigningSecret.parse(secret))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("begins neither with whsec_ (for v1) nor with whsk_ (for v1a)");
    }

    private static String whsec(int bytes) {
        byte[] secret = new byte[bytes];
        Arrays.fill(secret, (byte) 0xfb);
        return "whsec_" + Base64.getEncoder().encodeToString(secret);
    }

    private static String whsk(String hex) {
        return "whsk_" + base64(hex);
    }

    private static String base64(String hex) {
        return Base64.getEncoder().encodeToString(java.util.HexFormat.of().parseHex(hex));
    }
}
