package org.webhookbroker.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The receivers of docs/clients.md take what was signed with their secret, and nothing else. Signed here by the JDK's Mac alone. */
@Tag("slow")
@Timeout(240)
final class ReceiversTest {
    private static final byte[] KEY = "twenty-four bytes or more".getBytes(StandardCharsets.UTF_8);
    private static final byte[] BODY = {'{', 0, -1, 10, '}'};

    private int port;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"Receiver.java", "receiver.py", "receiver.mjs"})
    void takeWhatIsSignedAndNothingElse(String name) throws Exception {
        String secret = "whsec_" + Base64.getEncoder().encodeToString(KEY);
        try (PageProgram receiver = PageProgram.start(name, folder, 0, secret, "0")) {
            port = Integer.parseInt(String.valueOf(receiver.line()));
            long now = Instant.now().getEpochSecond();
            String right = signature(KEY, "m-1", now, BODY);

            assertThat(status("m-1", now, right, BODY)).isEqualTo(204);
            assertThat(status("m-1", now, "v1,AAAA v1a,BBBB " + right, BODY))
                    .as("one of several")
                    .isEqualTo(204);
            assertThat(status("m-1", now - 240, signature(KEY, "m-1", now - 240, BODY), BODY))
                    .isEqualTo(204);

            assertThat(status("m-1", now - 360, signature(KEY, "m-1", now - 360, BODY), BODY))
                    .as("old")
                    .isEqualTo(400);
            assertThat(status("m-1", now + 360, signature(KEY, "m-1", now + 360, BODY), BODY))
                    .as("of the future")
                    .isEqualTo(400);
            assertThat(status(
                            "m-1",
                            now,
                            signature("another key".getBytes(StandardCharsets.UTF_8), "m-1", now, BODY),
                            BODY))
                    .as("another secret")
                    .isEqualTo(400);
            assertThat(status("m-2", now, right, BODY)).as("another id").isEqualTo(400);
            assertThat(status("m-1", now + 1, right, BODY)).as("another time").isEqualTo(400);
            assertThat(status("m-1", now, right, new byte[] {1}))
                    .as("another body")
                    .isEqualTo(400);
            assertThat(status("m.1", now, signature(KEY, "m.1", now, BODY), BODY))
                    .as("a dot in the id")
                    .isEqualTo(400);
            for (String odd : new String[] {
                "v1,",
                "v1",
                ",",
                "v1,AAAA",
                right.substring(3),
                right.toLowerCase(Locale.ROOT),
                "v2" + right.substring(2)
            }) {
                assertThat(status("m-1", now, odd, BODY)).as(odd).isEqualTo(400);
            }
            assertThat(send(Map.of())).as("no header").isEqualTo(400);
            assertThat(send(Map.of("webhook-id", "m-1", "webhook-timestamp", "1e9", "webhook-signature", right)))
                    .as("no time")
                    .isEqualTo(400);
            assertThat(status("m-1", now, right, BODY)).as("after all that").isEqualTo(204);
        }
    }

    private static String signature(byte[] key, String id, long seconds, byte[] body) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        mac.update((id + "." + seconds + ".").getBytes(StandardCharsets.US_ASCII));
        return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
    }

    private int status(String id, long seconds, String signature, byte[] body) throws Exception {
        return send(
                Map.of("webhook-id", id, "webhook-timestamp", Long.toString(seconds), "webhook-signature", signature),
                body);
    }

    private int send(Map<String, String> headers) throws Exception {
        return send(headers, BODY);
    }

    private int send(Map<String, String> headers, byte[] body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/hook"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        // A client for each, since it would use a connection again that a receiver of HTTP/1.0 closes.
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        return http.send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
