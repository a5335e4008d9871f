package org.webhookbroker.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract 13.1, with the vectors of contract 13.4. */
class GatewaySignatureTest {
    private static final long TIME = 1_700_000_000;

    private final GatewaySignature signature = GatewaySignature.of("dGVzdC1obWFjLXNlY3JldC1mb3ItaW50ZWdyYXRpb24=");

    @ParameterizedTest
    @CsvSource({
        "7b226f726465724964223a34322c227374617465223a2270616964227d, 0f696abe1d9e96a432086e27f8299ae1b6d2dca531aa08eafd64f86e415dab7a",
        "'', 45489119743cdfdf146d3e7980f2af9dabc21961b258cc01bcf618d4d66cb06c",
        "68c3a96c6c6f20e29c930a, 9418f464f86564521b31c97d5360468eb3c50db739e80ee7ed6ffa41b9b9d74e",
    })
    void vectors(String body, String digest) {
        byte[] bytes = HexFormat.of().parseHex(body);

        assertThat(signature.header(Instant.ofEpochSecond(TIME, 999_999_999), bytes))
                .isEqualTo("t=1700000000,v1=" + digest);
        assertThat(signature.matches(TIME, bytes, digest)).isTrue();
        assertThat(signature.matches(TIME, bytes, digest.toUpperCase(Locale.ROOT)))
                .isFalse();
        assertThat(signature.matches(TIME, bytes, digest.substring(1))).isFalse();
        assertThat(signature.matches(TIME, bytes, "")).isFalse();
        assertThat(signature.matches(TIME + 1, bytes, digest)).isFalse();
        assertThat(signature.matches(TIME, "x".getBytes(StandardCharsets.UTF_8), digest))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "QQ", "QQ=", "c2VjcmV0-_==", "c2Vj cmV0", "c2VjcmV0\n", "===="})
    void onlyPaddedBase64OfTheStandardAlphabetIsASecret(String secret) {
        assertThatThrownBy(() -> GatewaySignature.of(secret))
                .isInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .hasMessage(secret.length()
                        + " characters; use A-Z, a-z, 0-9, + and /, padded with = to a multiple of four");
    }
}
