package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.webhookbroker.message.IntakeFactory;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.signature.GatewaySignature;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.RawClient;

/** Addendum 2.2 and 2.3, row by row, on a clock that stands still. */
final class GatewayContractTest {
    private static final int LIMIT = 1_000_000;
    /** 2026-11-24T22:20:00Z, where the clock of {@link TestNode} stands. */
    private static final long NOW = 1_795_558_800;

    private static final String SECRET = "dGVzdC1obWFjLXNlY3JldC1mb3ItaW50ZWdyYXRpb24=";
    private static final String PREVIOUS = "cHJldmlvdXM=";
    private static final GatewaySignature SIGNATURE = GatewaySignature.of(SECRET);
    private static final String SIGNED = "X-Broker-Signature: ";
    private static final String BROADCAST = "POST /channel/c1/broadcast";
    private static final String[] TOKENS = {
        "X-Broker-Channel-Token: ct", "X-Broker-Producer-ID: p1", "X-Broker-Producer-Token: pt"
    };

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private TestNode node;
    private RawClient client;

    @BeforeEach
    void start() throws Exception {
        node = node("mode: hmac\nhmacSharedSecret: " + SECRET + "\nhmacPreviousSecret: " + PREVIOUS);
        client = new RawClient(node.port());
    }

    private static TestNode node(String yaml) throws IOException, ConfigurationException {
        IntakeFactory intake = new IntakeFactory();
        intake.maxPayload = DataSize.bytes(LIMIT);
        intake.maxBytesInMemory = DataSize.bytes(4 * LIMIT);
        return new TestNode(mariaDb.database(), intake, GatewayAuthFactoryTest.read(yaml)).started();
    }

    @AfterEach
    void nothingStaysReserved() {
        await().until(() -> node.intake.budget().used() == 0);
        node.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            -                           | 401 | missing X-Broker-Signature header
            ""                          | 401 | missing X-Broker-Signature header
            nonsense                    | 401 | malformed X-Broker-Signature header
            t=NOW                       | 401 | malformed X-Broker-Signature header
            v1=HEX                      | 401 | malformed X-Broker-Signature header
            t=NOW;v1=HEX                | 401 | malformed X-Broker-Signature header
            t=NOW,v1=HEX,               | 401 | malformed X-Broker-Signature header
            t=NOW,v1=HEX,v1=HEX         | 401 | malformed X-Broker-Signature header
            t=NOW,t=NOW                 | 401 | malformed X-Broker-Signature header
            v1=HEX,v1=HEX               | 401 | malformed X-Broker-Signature header
            t=NOW,v2=HEX                | 401 | malformed X-Broker-Signature header
            T=NOW,v1=HEX                | 401 | malformed X-Broker-Signature header
            t=NOW,V1=HEX                | 401 | malformed X-Broker-Signature header
            t= NOW,v1=HEX               | 401 | malformed X-Broker-Signature header
            t=,v1=HEX                   | 401 | malformed X-Broker-Signature header
            t=1e9,v1=HEX                | 401 | malformed X-Broker-Signature header
            t=9223372036854775808,v1=HEX | 401 | malformed X-Broker-Signature header
            t=9223372036854775807,v1=HEX | 403 | request timestamp outside tolerance window
            t=-9223372036854775808,v1=HEX | 403 | request timestamp outside tolerance window
            t=EARLY,v1=HEX              | 403 | request timestamp outside tolerance window
            t=LATE,v1=HEX               | 403 | request timestamp outside tolerance window
            t=NOW,v1=                   | 403 | invalid signature
            t=NOW,v1=0f69               | 403 | invalid signature
            t=NOW,v1=UPPER              | 403 | invalid signature
            t=NOW,v1=OTHER              | 403 | invalid signature
            """)
    void refusals(String header, int status, String body) {
        String hex = hex(NOW, "hi");
        String value = header.replace("HEX", hex)
                .replace("UPPER", hex.toUpperCase(Locale.ROOT))
                .replace("OTHER", hex(NOW, "ho"))
                .replace("NOW", Long.toString(NOW))
                .replace("EARLY", Long.toString(NOW - 301))
                .replace("LATE", Long.toString(NOW + 301));
        for (String line :
                List.of(BROADCAST, "GET /nothing", "BREW /producers", "DELETE /producers", "GET /Producers/")) {
            Answer answer = header.equals("-") ? send(line, "hi") : send(line, "hi", SIGNED + value);
            assertThat(answer.body()).as(line).isEqualTo(body);
            assertThat(answer.status()).as(line).isEqualTo(status);
            assertThat(answer.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
            assertThat(answer.header("X-Request-ID")).isNotEmpty();
            assertThat(answer.headers()).doesNotContainKey("WWW-Authenticate");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            t=NOW,v1=HEX            | 0
            v1=HEX,t=NOW            | 0
            t=NOW , v1=HEX          | 0
            t=+NOW,v1=HEX           | 0
            t=000NOW,v1=HEX         | 0
            t=NOW,v1=HEX            | 300
            t=NOW,v1=HEX            | -300
            """)
    void whatIsSignedPasses(String header, int offset) {
        long time = NOW + offset;
        String value = header.replace("HEX", hex(time, "hi")).replace("NOW", Long.toString(time));
        assertThat(send(BROADCAST, "hi", "x-broker-SIGNATURE: " + value).status())
                .isEqualTo(201);
    }

    @Test
    void theFirstOfRepeatedHeadersCounts() {
        assertThat(send(BROADCAST, "hi", SIGNED + "x", signed("hi")).status()).isEqualTo(401);
        assertThat(send(BROADCAST, "hi", SIGNED, signed("hi")).body()).startsWith("missing");
        assertThat(send(BROADCAST, "hi", signed("hi"), SIGNED + "x").status()).isEqualTo(201);
    }

    /** The usual checks still apply, in their order. */
    @Test
    void aSignatureIsNoToken() {
        assertThat(client.send(BROADCAST, "hi", signed("hi")).body()).isEqualTo("channel token does not match");
        assertThat(send("GET /nothing", "", signed("")).body()).isEqualTo("404 page not found\n");
        assertThat(send("DELETE /dlq-status", "", signed("")).status()).isEqualTo(405);
        assertThat(send("GET /dlq-status", "", signed("")).status()).isEqualTo(200);
        assertThat(send("HEAD /dlq-status", "", signed("")).status()).isEqualTo(200);
        assertThat(send("GET /dlq-status", "").status()).isEqualTo(401);
        assertThat(send("GET /job-status", "").status()).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /_status               | 200
            /%5Fstatus             | 200
            /_statusfoo            | 404
            /metrics               | 404
            /metricsfoo/x          | 404
            /debug/pprof/heap      | 404
            /debug/pprof           | 401
            /x/_status             | 401
            //_status              | 401
            /_STATUS               | 401
            /_status/../dlq-status | 301
            """)
    void exemptPathsAreCheckedByTheirBeginning(String path, int status) {
        assertThat(send("GET " + path, "").status()).isEqualTo(status);
    }

    @Test
    void otherPathsCanBeExemptOrNone() throws Exception {
        try (TestNode none = node("{mode: hmac, hmacSharedSecret: QQ==, authExemptPaths: [' ', '']}");
                TestNode other = node("{mode: hmac, hmacSharedSecret: QQ==, authExemptPaths: [' /dlq ']}")) {
            assertThat(new RawClient(none.port()).get("/_status").status()).isEqualTo(401);
            assertThat(new RawClient(other.port()).get("/_status").status()).isEqualTo(401);
            assertThat(new RawClient(other.port()).get("/dlq-status").status()).isEqualTo(200);
        }
    }

    @Test
    void theAdminPortIsNotCovered() {
        assertThat(new RawClient(node.adminPort()).get("/ping").status()).isEqualTo(200);
    }

    @Test
    void aPreviousSecretIsAcceptedAndAForeignOneIsNot() {
        assertThat(send(BROADCAST, "hi", signed(PREVIOUS, "hi")).status()).isEqualTo(201);
        assertThat(send(BROADCAST, "hi", signed("Zm9yZWlnbg==", "hi")).status()).isEqualTo(403);
    }

    @ParameterizedTest(name = "{0} bytes, chunked: {1}")
    @CsvSource({
        "1, false, 201",
        "16384, false, 201",
        "16385, true, 201",
        "65537, false, 201",
        "1000000, false, 201",
        "1000000, true, 201",
        "1000001, false, 413",
        "1000001, true, 413",
    })
    void theNextStageSeesTheSameBody(int size, boolean chunked, int status) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        String latin = new String(bytes, StandardCharsets.ISO_8859_1);
        String framed = chunked ? Integer.toHexString(size) + "\r\n" + latin + "\r\n0\r\n\r\n" : latin;
        Answer answer = client.raw(head(
                        chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + size,
                        "X-Broker-Message-ID: m1",
                        SIGNED + SIGNATURE.header(TestNode.CLOCK.instant(), bytes))
                + framed);
        assertThat(answer.status()).isEqualTo(status);
        if (status == 201) {
            byte[] stored = node.database.withHandle(
                    handle -> handle.createQuery("SELECT payload FROM message WHERE public_id = 'm1'")
                            .mapTo(byte[].class)
                            .one());
            assertThat(stored).isEqualTo(bytes);
        } else {
            assertThat(answer.body()).isEqualTo("payload is larger than the limit of 1000000 bytes");
        }
    }

    @Test
    void aFormIsReadBehindTheGatewayToo() {
        node.consumer("k1", ConsumerType.PULL);
        String form = "Content-Type: application/x-www-form-urlencoded";
        String dlq = "POST /channel/c1/consumer/k1/dlq";
        assertThat(client.send(dlq, "requeue=kt", form, signed("requeue=kt")).status())
                .isEqualTo(202);
        assertThat(client.send(dlq, "requeue=xx", form, signed("requeue=kt")).status())
                .isEqualTo(403);
    }

    /** It waits without a thread for what is late, and then goes on. */
    @Test
    void aBodyMayComeInPieces() throws Exception {
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            send(out, head("Content-Length: 10", signed("helloworld")) + "hello");
            await().until(() -> node.intake.budget().used() > 0);
            send(out, "world");
            assertThat(Answer.read(socket.getInputStream(), false).status()).isEqualTo(201);
        }
    }

    @Test
    void aBodyThatIsCutOffIsNotStored() throws Exception {
        try (Socket socket = connect()) {
            send(socket.getOutputStream(), head("Content-Length: 10", signed("hello")) + "hello");
            socket.shutdownOutput();
            Answer answer = Answer.read(socket.getInputStream(), false);
            assertThat(answer.body()).isEqualTo("could not read request body");
            assertThat(answer.status()).isEqualTo(500);
        }
    }

    @Test
    @Tag("G12")
    void aMalformedBodyIsTheClientsFault() {
        Answer answer = client.raw(head("Transfer-Encoding: chunked", signed("hello")) + "zz\r\nhello\r\n0\r\n\r\n");
        assertThat(answer.body()).isEqualTo("could not read request body");
        assertThat(answer.status()).isEqualTo(400);
    }

    @Test
    @Tag("G8")
    void aBodyThatDripsIsEnded() throws Exception {
        IntakeFactory intake = new IntakeFactory();
        intake.uploadGrace = Duration.milliseconds(1);
        intake.minUploadRate = DataSize.mebibytes(1);
        GatewayAuthFactory gateway = GatewayAuthFactoryTest.read("{mode: hmac, hmacSharedSecret: " + SECRET + "}");
        try (TestNode hurried = new TestNode(mariaDb.database(), intake, gateway);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), hurried.port())) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            send(out, head("Content-Length: 1000000", signed("hello")) + "hello");
            await().until(() -> hurried.intake.budget().used() > 0);
            while (socket.getInputStream().available() == 0) {
                send(out, "x");
            }
            Answer answer = Answer.read(socket.getInputStream(), false);
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.body())
                    .startsWith("Request Timeout: the payload arrived at less than 1048576 bytes a second");
        }
    }

    @Test
    @Tag("G8")
    void aBodyIsRefusedWhenThereIsNoMemoryForIt() {
        for (int i = 0; i < 4 * LIMIT / 1000; i++) {
            assertThat(node.intake.budget().tryReserve(1000)).isTrue();
        }
        Answer answer = send(BROADCAST, "hi", signed("hi"));
        node.intake.budget().release(4 * LIMIT);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        assertThat(send(BROADCAST, "hi", signed("hi")).status()).isEqualTo(201);
    }

    /** A length that is only announced reserves nothing. */
    @Test
    @Tag("G8")
    void aBodyIsReservedByWhatHasArrivedOfIt() throws Exception {
        try (Socket socket = connect()) {
            send(socket.getOutputStream(), head("Content-Length: " + LIMIT, signed("hello")) + "hello");
            await().until(() -> node.intake.budget().used() > 0);
            assertThat(node.intake.budget().used()).isEqualTo(16_384);
        }
    }

    @Test
    void manyAtOnceAllPass() {
        Requests requests = new Requests(node);
        List<CompletableFuture<Integer>> answers = IntStream.range(0, 200)
                .mapToObj(i -> {
                    byte[] body = ("body " + i).getBytes(StandardCharsets.UTF_8);
                    String header = SIGNATURE.header(TestNode.CLOCK.instant(), body);
                    return requests.broadcastAsync("/channel/c1/broadcast", body, "X-Broker-Signature", header)
                            .thenApply(HttpResponse::statusCode);
                })
                .toList();
        assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isEqualTo(201));
    }

    private Answer send(String line, String body, String... headers) {
        String[] all = new String[TOKENS.length + headers.length];
        System.arraycopy(TOKENS, 0, all, 0, TOKENS.length);
        System.arraycopy(headers, 0, all, TOKENS.length, headers.length);
        return client.send(line, body, all);
    }

    private static String head(String... headers) {
        return BROADCAST + " HTTP/1.1\r\nHost: broker\r\nConnection: close\r\n" + String.join("\r\n", TOKENS) + "\r\n"
                + String.join("\r\n", headers) + "\r\n\r\n";
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port());
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static void send(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private static String signed(String body) {
        return signed(SECRET, body);
    }

    private static String signed(String secret, String body) {
        return SIGNED
                + GatewaySignature.of(secret).header(TestNode.CLOCK.instant(), body.getBytes(StandardCharsets.UTF_8));
    }

    private static String hex(long time, String body) {
        String header = SIGNATURE.header(Instant.ofEpochSecond(time), body.getBytes(StandardCharsets.UTF_8));
        return header.substring(header.indexOf("v1=") + 3);
    }
}
