package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.webhookbroker.signature.SigningSecret;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.RawClient;

/** Which fields say how a consumer is signed: additions to the contract. */
final class SigningContractTest {
    @RegisterExtension
    static final ContractBroker contract = new ContractBroker();

    private static final String CALLBACK = "token=kt&callbackUrl=http://host/k";
    private static final String SHARED = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String PAIR = "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=";

    private final RawClient client = contract.client();
    private final String k = contract.channel() + "/consumer/k";

    private static String form(String fields) {
        return CALLBACK + "&" + fields.replace("+", "%2B");
    }

    private Answer patch(String fields) {
        return client.form(
                "PATCH " + k,
                fields.replace("+", "%2B"),
                "If-Unmodified-Since: " + client.get(k).header("Last-Modified"));
    }

    private Answer replace(String fields) {
        return client.put(
                k, form(fields), "If-Unmodified-Since: " + client.get(k).header("Last-Modified"));
    }

    private Answer rotate(String fields) {
        return client.form("POST " + k + "/rotate-secret", fields.replace("+", "%2B"), ContractBroker.TOKENS);
    }

    @Test
    void withoutItNothingIsShown() {
        Answer none = client.put(k, form("signing=none&sendToken=true&signingSecret="));
        assertThat(none.body()).endsWith("\"Type\":\"push\"}\n");
        assertThat(client.get(k).body()).isEqualTo(none.body());
    }

    @Test
    void aSecretThatTheBrokerMakesIsShownOnce() {
        Answer put = client.put(k, form("signing=v1"));
        String secret = put.field("SigningSecret");
        assertThat(put.field("Signing")).isEqualTo("v1");
        assertThat(Base64.getDecoder().decode(secret.replaceFirst("^whsec_", "")))
                .hasSize(32);
        assertThat(put.body()).doesNotContain("SigningPublicKey", "SendToken", "PreviousSecretsUntil");
        assertThat(client.get(k).body())
                .isEqualTo(put.body().replace(",\"SigningSecret\":\"" + secret + "\"", ""))
                .doesNotContain(secret);
        assertThat(client.get("/_status").body()
                        + client.get(k.replaceAll("/k$", "s")).body())
                .doesNotContain(secret);
    }

    @Test
    void aGivenSecretIsShownByTheRequestThatSetsIt() {
        assertThat(client.put(k, form("signing=v1&signingSecret=" + SHARED)).field("SigningSecret"))
                .isEqualTo(SHARED);
        assertThat(replace("signing=v1&signingSecret=" + SHARED).body()).doesNotContain(SHARED);
        assertThat(patch("name=other").body()).contains("\"Signing\":\"v1\"").doesNotContain("whsec_");
    }

    @Test
    void thePublicKeyIsShownAlways() {
        Answer put = client.put(k, form("signing=v1a&signingSecret=" + PAIR));
        String publicKey = SigningSecret.parse(PAIR).publicKey().orElseThrow();
        assertThat(put.field("SigningSecret")).isEqualTo(PAIR);
        assertThat(put.field("SigningPublicKey")).isEqualTo(publicKey);
        Answer get = client.get(k);
        assertThat(get.field("SigningPublicKey")).isEqualTo(publicKey);
        assertThat(get.body()).doesNotContain("whsk_");
        assertThat(client.put(k + "2", form("signing=v1a")).field("SigningSecret"))
                .startsWith("whsk_");
    }

    /** As with a token, and with maxRetries. */
    @Test
    void aPutHasTheDefaultsOfWhatItLeavesOut() {
        String first = client.put(k, form("signing=v1")).field("SigningSecret");
        String second = replace("signing=v1").field("SigningSecret");
        assertThat(second).startsWith("whsec_").isNotEqualTo(first);
        assertThat(replace("maxRetries=3").body()).doesNotContain("Signing");
        assertThat(client.get(k).body()).doesNotContain("Signing");
    }

    @Test
    void aPatchKeepsWhatItLeavesOut() {
        client.put(k, form("signing=v1&sendToken=false&signingSecret=" + SHARED));
        Answer kept = patch("signing=v1&name=n");
        assertThat(kept.body())
                .contains("\"Signing\":\"v1\"", "\"SendToken\":false")
                .doesNotContain("whsec_");
        assertThat(patch("signingSecret=").field("SigningSecret"))
                .startsWith("whsec_")
                .isNotEqualTo(SHARED);
        assertThat(patch("signing=v1a").field("SigningSecret")).startsWith("whsk_");
        assertThat(patch("sendToken=").body()).contains("v1a").doesNotContain("SendToken", "whsk_");
        assertThat(patch("signing=").body()).doesNotContain("Signing");
    }

    /** Its receiver knows the secret: moved to pull and back, it has it still. */
    @Test
    void aPullConsumerKeepsItsSecret() {
        client.put(k, form("type=pull&signing=v1&signingSecret=" + SHARED));
        assertThat(patch("type=push").body()).contains("\"Signing\":\"v1\"").doesNotContain("whsec_");
        assertThat(patch("type=pull").body()).contains("\"Signing\":\"v1\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            signing=V1                                                   | `signing` is neither none nor v1 nor v1a; leave it out for none
            signing=hmac                                                 | `signing` is neither none nor v1 nor v1a; leave it out for none
            signingSecret=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw         | `signingSecret` is given, but `signing` is none: set `signing` to v1 or v1a, or leave the secret out
            signing=v1a&signingSecret=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw | `signingSecret` begins with whsec_, but `signing` is v1a: use one that begins with whsk_, or leave it out for a new one
            signing=v1&signingSecret=whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk= | `signingSecret` begins with whsk_, but `signing` is v1: use one that begins with whsec_, or leave it out for a new one
            signing=v1&signingSecret=secret                              | `signingSecret` begins neither with whsec_ (for v1) nor with whsk_ (for v1a); leave it out for a new one
            signing=v1&signingSecret=whsec_AAAA                          | `signingSecret` has 3 bytes behind whsec_; use 24 to 64; leave it out for a new one
            signing=v1&signingSecret=whsec_geheim                        | `signingSecret` is not standard base64 with padding behind whsec_; leave it out for a new one
            sendToken=false                                              | `sendToken` is false, but `signing` is none, so nothing would say who sends: set `signing` to v1 or v1a, or `sendToken` to true
            signing=v1&sendToken=no                                      | `sendToken` is neither true nor false; leave it out for true
            """)
    void badFieldsAreRefused(String fields, String reason) {
        Answer refused = client.put(k, form(fields));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.body()).isEqualTo("Bad Request: " + reason);
        assertThat(client.get(k).status()).isEqualTo(404);
        client.put(k, CALLBACK);
        assertThat(patch(fields).body()).isEqualTo("Bad Request: " + reason);
    }

    @Test
    void aRotationAnswersWithTheNextSecret() {
        client.put(k, form("signing=v1&signingSecret=" + SHARED));
        Answer rotated = rotate("");
        assertThat(rotated.status()).isEqualTo(200);
        String next = rotated.field("SigningSecret");
        assertThat(next).startsWith("whsec_").isNotEqualTo(SHARED);
        assertThat(Duration.between(Instant.now(), Instant.parse(rotated.field("PreviousSecretsUntil"))))
                .isBetween(Duration.ofMinutes(1435), Duration.ofHours(24));
        assertThat(client.get(k).body()).isEqualTo(rotated.body().replace(",\"SigningSecret\":\"" + next + "\"", ""));
        assertThat(client.get(k).header("Last-Modified")).isEqualTo(rotated.header("Last-Modified"));
        String given = SigningSecret.make(SigningSecret.parse(SHARED).version()).text();
        assertThat(rotate("overlap=60&signingSecret=" + given).field("SigningSecret"))
                .isEqualTo(given);
        Answer third = rotate("");
        assertThat(third.status()).isEqualTo(409);
        assertThat(third.body()).startsWith("2 previous secrets are in use, the first of them until ");
        assertThat(rotate("overlap=0").body()).contains("whsec_").doesNotContain("PreviousSecretsUntil");
    }

    /** To sign in the other way from now on, so that receivers have time to learn of it. */
    @Test
    void aRotationMayChangeTheKind() {
        client.put(k, form("signing=v1"));
        Answer rotated = rotate("signing=v1a&overlap=604800&signingSecret=" + PAIR);
        assertThat(rotated.field("Signing")).isEqualTo("v1a");
        assertThat(rotated.field("SigningPublicKey"))
                .isEqualTo(SigningSecret.parse(PAIR).publicKey().orElseThrow());
        assertThat(rotated.field("PreviousSecretsUntil")).isNotEmpty();
    }

    @Test
    void theSameSecretInAPutDoesNotEndThePreviousOne() {
        client.put(k, form("signing=v1&signingSecret=" + SHARED));
        String next = rotate("").field("SigningSecret");
        assertThat(replace("name=n&signing=v1&signingSecret=" + next).field("PreviousSecretsUntil"))
                .isNotEmpty();
        assertThat(replace("signing=v1").body()).doesNotContain("PreviousSecretsUntil");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            overlap=-1             | `overlap` is no number of seconds from 0 to 604800; leave it out for 86400
            overlap=604801         | `overlap` is no number of seconds from 0 to 604800; leave it out for 86400
            overlap=99999999999999 | `overlap` is no number of seconds from 0 to 604800; leave it out for 86400
            overlap=1.5            | `overlap` is no number of seconds from 0 to 604800; leave it out for 86400
            overlap=%D9%A1         | `overlap` is no number of seconds from 0 to 604800; leave it out for 86400
            signing=none           | `signing` is neither v1 nor v1a; leave it out for the present one
            signingSecret=whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk= | `signingSecret` begins with whsk_, but `signing` is v1: use one that begins with whsec_, or leave it out for a new one
            """)
    void badRotationsAreRefused(String fields, String reason) {
        Answer before = client.put(k, form("signing=v1"));
        Answer refused = rotate(fields);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.body()).isEqualTo("Bad Request: " + reason);
        assertThat(client.get(k).header("Last-Modified")).isEqualTo(before.header("Last-Modified"));
    }

    @Test
    void whoRotatesShowsBothTokens() {
        contract.push(k.replace("/consumer/k", ""), "k", Behavior.status(200));
        String path = "POST " + k + "/rotate-secret";
        assertThat(rotate("").status()).isEqualTo(409);
        assertThat(rotate("").body()).startsWith("`signing` of the consumer is none; switch it on with PATCH");
        assertThat(client.form(path, "").status()).isEqualTo(403);
        assertThat(client.form(path, "", "X-Broker-Channel-Token: ct").status()).isEqualTo(403);
        assertThat(client.form(path, "", "X-Broker-Channel-Token: ct", "X-Broker-Consumer-Token: x")
                        .status())
                .isEqualTo(403);
        assertThat(client.form(path.replace("/k/", "/none/"), "", ContractBroker.TOKENS)
                        .status())
                .isEqualTo(401);
        assertThat(client.send(path, "", ContractBroker.TOKENS).status()).isEqualTo(415);
    }
}
