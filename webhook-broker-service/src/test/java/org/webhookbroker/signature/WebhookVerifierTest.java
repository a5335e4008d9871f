package org.webhookbroker.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookVerifierTest {
    private static final long TIME = 1_614_265_330;
    private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);
    private static final SigningSecret SHARED = SigningSecret.make(SignatureVersion.V1);
    private static final SigningSecret PAIR = SigningSecret.make(SignatureVersion.V1A);

    private static String key(SigningSecret secret) {
        return secret.publicKey().orElse(secret.text());
    }

    private static WebhookVerifier verifier(SigningSecret... secrets) {
        String[] keys = Arrays.stream(secrets).map(WebhookVerifierTest::key).toArray(String[]::new);
        return WebhookVerifier.of(keys[0], Arrays.copyOfRange(keys, 1, keys.length))
                .at(() -> Instant.ofEpochSecond(TIME));
    }

    private static Map<String, List<String>> headers(String id, String time, String signature) {
        return Map.of(
                "webhook-id", List.of(id), "webhook-timestamp", List.of(time), "webhook-signature", List.of(signature));
    }

    private static Map<String, List<String>> signed(String id, long time, byte[] body, SigningSecret... by) {
        List<String> signatures =
                Arrays.stream(by).map(secret -> secret.sign(id, time, body)).toList();
        return headers(id, Long.toString(time), String.join(" ", signatures));
    }

    private static void refused(
            WebhookVerifier verifier, Map<String, List<String>> headers, byte[] body, String reason) {
        assertThatThrownBy(() -> verifier.verify(headers, body))
                .isExactlyInstanceOf(WebhookVerificationException.class)
                .hasNoCause()
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @EnumSource
    void goodRequestsHaveTheirId(SignatureVersion version) throws Exception {
        SigningSecret secret = SigningSecret.make(version);

        assertThat(verifier(secret).verify(signed("msg_1", TIME, BODY, secret), BODY))
                .isEqualTo("msg_1");
        refused(
                verifier(SigningSecret.make(version)),
                signed("msg_1", TIME, BODY, secret),
                BODY,
                "no signature that is right");
    }

    /** Of another implementation, com.cosium.standard_webhooks_consumer; its key is the X.509 form of this one. */
    @Test
    void aSignatureThatSomebodyElseHasMade() throws Exception {
        byte[] body = "{\"greetings\": \"Hello World\"}".getBytes(StandardCharsets.UTF_8);
        Map<String, List<String>> headers = headers(
                "7a2486b3-31cf-4bd3-a460-df8845d16cd5",
                "1737987215",
                "v1a,XVbiOe+IzCKsXBuhb52iHLroqxFJofJNMQRL80I2kWO0+kXu2gcqgXAzontxDDgpMDw6SMh4sjzr+67EmUUzDg==");

        WebhookVerifier verifier = WebhookVerifier.of("whpk_kp3dScDPIzT1CwUFUMdzyPbWOAQaCF9z4ucuKuZD7Io=")
                .at(() -> Instant.ofEpochSecond(1_737_987_215));
        assertThat(verifier.verify(headers, body)).isEqualTo("7a2486b3-31cf-4bd3-a460-df8845d16cd5");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1 << 24})
    void bodiesOfEachSize(int size) throws Exception {
        byte[] body = new byte[size];
        new Random(size).nextBytes(body);
        Map<String, List<String>> headers = signed("m", TIME, body, PAIR, SHARED);

        assertThat(verifier(SHARED).verify(headers, body)).isEqualTo("m");
        assertThat(verifier(PAIR).verify(headers, body)).isEqualTo("m");
        if (size > 0) {
            body[size - 1] ^= 1;
            refused(verifier(SHARED, PAIR), headers, body, "no signature that is right");
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "-300", "300"})
    void fiveMinutesAreAllowed(long behind) throws Exception {
        assertThat(verifier(SHARED).verify(signed("m", TIME - behind, BODY, SHARED), BODY))
                .isEqualTo("m");
    }

    @ParameterizedTest
    @CsvSource({"301, 301 s behind", "-301, 301 s ahead", "1614265330, behind", "-998385734669, ahead"})
    void moreIsNot(long behind, String reason) {
        refused(verifier(SHARED), signed("m", TIME - behind, BODY, SHARED), BODY, reason);
    }

    /** A right signature for each of them, so that only the form is what is wrong. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " 1614265330",
                "1614265330 ",
                "+1614265330",
                "-1614265330",
                "01614265330",
                "1614265330.0",
                "1.614265330e9",
                "0x60378AF2",
                "1614265330\n",
                "\u0661\u0666\u0661\u0664\u0662\u0666\u0665\u0663\u0663\u0660",
                "1614265330L",
                "9999999999999",
                "9223372036854775807",
                "9223372036854775808",
                "18446744075323816946",
                "null",
                "NaN"
            })
    void aTimeIsPlainDigits(String time) {
        refused(
                verifier(SHARED),
                headers("m", time, SHARED.sign("m", TIME, BODY)),
                BODY,
                "webhook-timestamp is no number of seconds");
    }

    /** The bytes that are signed are the same, so this rule alone tells them apart. */
    @Test
    void anIdHasNoDot() throws Exception {
        byte[] body = (TIME + ".x").getBytes(StandardCharsets.UTF_8);
        String signature = SHARED.sign("m", 1, body);
        byte[] shifted = "x".getBytes(StandardCharsets.UTF_8);
        assertThat(SHARED.sign("m.1", TIME, shifted)).isEqualTo(signature);

        refused(verifier(SHARED), headers("m.1", Long.toString(TIME), signature), shifted, "webhook-id is not");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "m\u00fc", "m\ud800", "m\n", "m\0", "\u0660"})
    void anIdIsVisibleAscii(String id) {
        refused(verifier(SHARED), signed(id, TIME, BODY, SHARED), BODY, "webhook-id is not 1 to 256 visible");
        refused(verifier(SHARED), signed("m".repeat(257), TIME, BODY, SHARED), BODY, "webhook-id is not");
        refused(verifier(SHARED), signed("m".repeat(1 << 20), TIME, BODY, SHARED), BODY, "webhook-id is not");
    }

    @Test
    void severalSignaturesAndSeveralKeys() throws Exception {
        SigningSecret next = SigningSecret.make(SignatureVersion.V1);
        SigningSecret stranger = SigningSecret.make(SignatureVersion.V1A);
        Map<String, List<String>> both = signed("m", TIME, BODY, next, SHARED);
        assertThat(verifier(SHARED).verify(both, BODY)).isEqualTo("m");
        assertThat(verifier(next).verify(both, BODY)).isEqualTo("m");
        assertThat(verifier(stranger, next).verify(both, BODY)).isEqualTo("m");
        refused(verifier(stranger), both, BODY, "no signature that is right");
        Map<String, List<String>> mixed = signed("m", TIME, BODY, stranger, SHARED, PAIR);
        assertThat(verifier(PAIR).verify(mixed, BODY)).isEqualTo("m");
        String more = "  v2,xyz v1 v1, v1a, , ,x   " + SHARED.sign("m", TIME, BODY) + "  ";
        assertThat(verifier(SHARED).verify(headers("m", Long.toString(TIME), more), BODY))
                .isEqualTo("m");
    }

    /** A signature of one kind under the name of the other, other letter case, other forms of the same bytes, what is around it. */
    @Test
    void onlyTheExactTextIsASignature() {
        String v1 = SHARED.sign("m", TIME, BODY).substring(3);
        String v1a = PAIR.sign("m", TIME, BODY).substring(4);
        for (String wrong : List.of(
                "v1a," + v1,
                "v1," + v1a,
                "V1," + v1,
                "v1" + v1,
                v1,
                "v1,," + v1,
                "v1," + v1 + ",",
                "v1," + v1.replace("=", ""),
                "v1," + v1 + "=",
                "v1a," + v1a.replace("=", ""),
                "v1," + v1.toLowerCase(java.util.Locale.ROOT),
                "v1,\t" + v1,
                "v1," + v1 + "\t",
                "v1,",
                "v1a,",
                "v1a," + "A".repeat(86) + "==",
                "v1a,\ud83d\ude00",
                "v1,null")) {
            refused(
                    verifier(SHARED, PAIR),
                    headers("m", Long.toString(TIME), wrong),
                    BODY,
                    "no signature that is right");
        }
    }

    @Test
    void longListsAndHeadersAreRefusedBeforeAnythingIsComputed() {
        String right = PAIR.sign("m", TIME, BODY);
        String list = "v1a,A ".repeat(10_000) + right;
        long start = System.nanoTime();
        refused(verifier(PAIR), headers("m", Long.toString(TIME), list), BODY, "more than 16384 characters");
        refused(verifier(PAIR), headers("m", Long.toString(TIME), "v1,".repeat(1 << 20)), BODY, "more than 16384");
        refused(
                verifier(PAIR),
                headers("m", Long.toString(TIME), "x ".repeat(16) + right),
                BODY,
                "more than 16 signatures");
        assertThat(System.nanoTime() - start).isLessThan(10_000_000_000L);
    }

    @Test
    void upTo16SignaturesAreTried() throws Exception {
        String list = "v1a,A ".repeat(15) + PAIR.sign("m", TIME, BODY);
        assertThat(verifier(PAIR).verify(headers("m", Long.toString(TIME), list), BODY))
                .isEqualTo("m");
    }

    @Test
    void namesOfHeadersHaveAnyLetterCase() throws Exception {
        Map<String, List<String>> headers = new HashMap<>();
        headers.put(null, Arrays.asList("HTTP/1.1 200", null)); // As HttpURLConnection has the first line.
        headers.put("Content-Type", null);
        headers.put("Webhook-Id", List.of("m"));
        headers.put("WEBHOOK-TIMESTAMP", List.of(Long.toString(TIME)));
        headers.put("webhook-Signature", List.of(SHARED.sign("m", TIME, BODY)));
        assertThat(verifier(SHARED).verify(headers, BODY)).isEqualTo("m");
        headers.put("webhook-id", List.of("n"));
        refused(verifier(SHARED), headers, BODY, "webhook-id is there more than once");
    }

    @ParameterizedTest
    @ValueSource(strings = {"webhook-id", "webhook-timestamp", "webhook-signature"})
    void eachHeaderIsNeededOnce(String name) {
        Map<String, List<String>> headers = new HashMap<>(signed("m", TIME, BODY, SHARED));
        String value = headers.get(name).get(0);
        headers.put(name, List.of(value, value));
        refused(verifier(SHARED), headers, BODY, name + " is there more than once");
        for (List<String> none : Arrays.asList(null, List.<String>of(), Collections.<String>singletonList(null))) {
            headers.put(name, none);
            refused(verifier(SHARED), headers, BODY, name + " is missing");
        }
        headers.remove(name);
        refused(verifier(SHARED), headers, BODY, name + " is missing");
        refused(verifier(SHARED), null, BODY, "no headers");
        refused(verifier(SHARED), signed("m", TIME, BODY, SHARED), null, "no body");
    }

    /** No request makes it throw anything else, and none is good. */
    @Test
    void anyGarbageIsRefused() {
        Random random = new Random(16);
        String alphabet = "v1a,= .AZaz09+/\u0000\u00ff\ud800\udc00-_\t";
        for (int i = 0; i < 5000; i++) {
            List<String> texts = new ArrayList<>();
            for (int j = 0; j < 3; j++) {
                StringBuilder text = new StringBuilder(j == 2 ? "v1a," : "");
                random.ints(random.nextInt(60), 0, alphabet.length()).forEach(at -> text.append(alphabet.charAt(at)));
                texts.add(text.toString());
            }
            boolean wellFormed = random.nextBoolean();
            refused(
                    verifier(SHARED, PAIR),
                    headers(
                            wellFormed ? "m" : texts.get(0),
                            wellFormed ? Long.toString(TIME) : texts.get(1),
                            texts.get(2)),
                    BODY,
                    "webhook-");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                                         | Key 2 begins neither with whsec_ nor with whpk_
            MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw                           | Key 2 begins neither with whsec_ nor with whpk_
            whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=          | Key 2 is the secret key of the sender; use its public key, which begins with whpk_
            whsec_                                                     | Key 2 has 0 bytes behind whsec_; use 24 to 64
            whsec_?                                                    | Key 2 is not standard base64 with padding behind whsec_
            whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw                      | Key 2 has 24 bytes behind whpk_; use 32
            whpk_AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=          | Key 2 is no public key of ed25519
            """)
    void malformedKeysAreRefusedWithoutShowingThem(String key, String reason) {
        assertThatThrownBy(() -> WebhookVerifier.of(key(SHARED), key))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage(reason);
    }
}
