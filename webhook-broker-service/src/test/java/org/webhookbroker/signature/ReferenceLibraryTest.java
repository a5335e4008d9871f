package org.webhookbroker.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reference library in Java and ours: what one signs, the other verifies. It knows v1 only; scripts/signature-check has more. */
class ReferenceLibraryTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"test\": 2432232314}", "1.2.3", "\u00fc\u20ac\ud83d\ude00 \0\r\n"})
    void bothWays(String body) throws Exception {
        SigningSecret secret = SigningSecret.make(SignatureVersion.V1);
        Webhook library = new Webhook(secret.text());
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        long now = Instant.now().getEpochSecond();

        assertThatCode(() -> library.verify(body, headers(now, secret.sign("msg_1", now, bytes))))
                .doesNotThrowAnyException();
        assertThat(WebhookVerifier.of(secret.text()).verify(headers(now, library.sign("msg_1", now, body)), bytes))
                .isEqualTo("msg_1");
        assertThatThrownBy(() -> library.verify(body + "x", headers(now, secret.sign("msg_1", now, bytes))))
                .isInstanceOf(WebhookVerificationException.class);
    }

    /** Another than the one of the library comes first, as the new one does while a secret is rotated. */
    @ParameterizedTest
    @ValueSource(strings = {"v1", "v1a"})
    void itFindsItsSignatureAmongOthers(String version) throws Exception {
        SigningSecret old = SigningSecret.make(SignatureVersion.V1);
        SigningSecret fresh = SigningSecret.make(SignatureVersion.parse(version).orElseThrow());
        long now = Instant.now().getEpochSecond();
        String signatures = fresh.sign("m", now, new byte[0]) + " " + old.sign("m", now, new byte[0]);

        assertThatCode(() -> new Webhook(old.text()).verify("", headers(now, signatures)))
                .doesNotThrowAnyException();
    }

    private static Map<String, List<String>> headers(long seconds, String signature) {
        return Map.of(
                "webhook-id",
                List.of(signature.contains(" ") ? "m" : "msg_1"),
                "webhook-timestamp",
                List.of(Long.toString(seconds)),
                "webhook-signature",
                List.of(signature));
    }
}
