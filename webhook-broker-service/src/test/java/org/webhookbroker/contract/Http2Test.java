package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.DataInputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SubmissionPublisher;
import java.util.stream.Stream;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpVersion;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.Http2Frames;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.ReceivedRequest;
import org.webhookbroker.testing.Wire;

/** HTTP/2 in clear, by upgrade and by prior knowledge, and behind TLS: the same rules as over HTTP/1.1. */
@Tag("G12")
@Tag("slow")
@ParameterizedClass
@EnumSource
final class Http2Test {
    private static final int LARGEST = (16 << 20) - 1;

    @RegisterExtension
    static final ContractBroker inClear = new ContractBroker("intake.uploadGrace=1m"); // For slow machines.

    @RegisterExtension
    static final ContractBroker behindTls = new ContractBroker("intake.uploadGrace=1m").over(Wire.TLS);

    private final Wire wire;
    private final ContractBroker contract;
    /** In clear by its first request. */
    private final HttpClient upgrading;

    Http2Test(Wire wire) {
        this.wire = wire;
        contract = wire == Wire.TLS ? behindTls : inClear;
        upgrading = wire.client().version(HttpClient.Version.HTTP_2).build();
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            GET     | /channels                 | 200 | ""                         | Content-Type  | application/json
            GET     | /metrics                  | 200 | ""                         | Content-Type  | "text/plain; version=0.0.4; charset=utf-8"
            GET     | /nothing                  | 404 | "404 page not found\\n"    | X-Content-Type-Options | nosniff
            GET     | /channel/a%2Fb            | 404 | "404 page not found\\n"    | X-Content-Type-Options | nosniff
            GET     | /producer/none            | 404 | Request resource not found | Content-Type  | "text/plain; charset=utf-8"
            GET     | /producer/%ff             | 400 | "Bad Request: the path is not percent-encoded UTF-8" | Content-Type | "text/plain; charset=utf-8"
            DELETE  | /channels                 | 405 | "Method Not Allowed\\n"    | Allow         | "GET, OPTIONS"
            OPTIONS | /channels                 | 200 | ""                         | Allow         | "GET, OPTIONS"
            HEAD    | /channels                 | 200 | ""                         | Content-Type  | application/json
            GET     | /Channels/                | 301 | ""                         | Location      | /channels
            POST    | /CHANNEL/x/broadcast      | 307 | ""                         | Location      | /channel/x/broadcast
            PUT     | /producer/odd%3Bid%7B..%7D| 415 | Media type not supported   | Content-Type  | "text/plain; charset=utf-8"
            """)
    void theRulesAreThoseOfHttp1(String method, String path, int status, String body, String header, String value)
            throws Exception {
        HttpRequest request = request(path)
                .method(method, BodyPublishers.noBody())
                .header("X-Request-ID", "mine")
                .build();

        HttpResponse<String> answer = send(request);

        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("X-Request-ID")).contains("mine");
        assertThat(answer.headers().firstValue(header)).contains(value);
        if (!body.isEmpty()) {
            assertThat(answer.body()).isEqualTo(body.replace("\\n", "\n"));
        }
        if (method.equals("GET")) {
            SimpleHttpResponse prior = priorKnowledge(SimpleRequestBuilder.get(contract.uri(path))
                    .setHeader("X-Request-ID", "mine")
                    .build());
            assertThat(prior.getVersion()).isEqualTo(HttpVersion.HTTP_2_0);
            assertThat(prior.getCode()).isEqualTo(status);
            assertThat(prior.getFirstHeader(header).getValue()).isEqualTo(value);
            assertThat(prior.getFirstHeader("X-Request-ID").getValue()).isEqualTo("mine");
        }
    }

    @Test
    void aMessageArrivesAsItWasSent() throws Exception {
        String channel = contract.channel();
        String consumer = contract.push(channel, "k", Behavior.status(200));
        HttpResponse<String> answer = send(broadcast(channel)
                .header("X-Broker-Message-ID", "m %zz;")
                .header("Content-Type", "Text/PLAIN;Charset=\"Odd\"")
                .header("X-Broker-Metadata-Headers", "x-Trace,te")
                .header("X-Trace", "a  b")
                .POST(BodyPublishers.ofByteArray(new byte[] {0, -1, 10}))
                .build());

        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(answer.headers().firstValue("Location")).contains(channel + "/message/m %zz;");
        ReceivedRequest received = await().until(
                        () -> contract.consumers().requests(consumer), requests -> !requests.isEmpty())
                .get(0);
        assertThat(received.header("Content-Type")).isEqualTo("Text/PLAIN;Charset=\"Odd\"");
        assertThat(received.header("x-Trace")).isEqualTo("a  b");
        assertThat(received.header("X-Broker-Metadata-Headers")).isEqualTo("x-Trace");
        assertThat(received.body()).containsExactly(0, -1, 10);
        assertThat(contract.client().get(channel + "/message/m%20%25zz%3B").status())
                .isEqualTo(200);
    }

    @Test
    @Tag("G8")
    void theLargestPayloadFitsAndOneMoreByteDoesNot() throws Exception {
        String channel = contract.channel();
        String consumer = contract.push(channel, "k", Behavior.status(200));
        byte[] body = new byte[LARGEST + 1];
        new Random(1).nextBytes(body);

        HttpResponse<String> fits = send(broadcast(channel)
                .POST(BodyPublishers.ofByteArray(body, 0, LARGEST))
                .build());
        // Not with the JDK's client: it waits for room to send the rest although it was told to stop.
        SimpleHttpResponse tooLarge = priorKnowledge(post(channel, body));

        assertThat(fits.statusCode()).isEqualTo(201);
        assertThat(tooLarge.getCode()).isEqualTo(413);
        assertThat(tooLarge.getBodyText()).isEqualTo("payload is larger than the limit of " + LARGEST + " bytes");
        ReceivedRequest received = await().until(
                        () -> contract.consumers().requests(consumer), requests -> !requests.isEmpty())
                .get(0);
        assertThat(received.body()).isEqualTo(Arrays.copyOf(body, LARGEST));
    }

    /** More requests than the broker has threads send their heads first: those threads must not keep the bodies from being read. */
    @Test
    @Tag("G8")
    void bodiesThatComeLateDoNotStarveTheirConnection() throws Exception {
        String channel = contract.channel();
        send(request("/channels").build());
        List<SubmissionPublisher<ByteBuffer>> bodies = new ArrayList<>();
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            SubmissionPublisher<ByteBuffer> body = new SubmissionPublisher<>();
            bodies.add(body);
            answers.add(upgrading.sendAsync(
                    broadcast(channel).POST(BodyPublishers.fromPublisher(body)).build(), BodyHandlers.ofString()));
        }
        await().until(() -> bodies.stream().allMatch(SubmissionPublisher::hasSubscribers));
        bodies.forEach(body -> {
            body.submit(ByteBuffer.wrap("late".getBytes(StandardCharsets.UTF_8)));
            body.close();
        });
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(201));
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join().version()).isEqualTo(HttpClient.Version.HTTP_2));
    }

    /** Their bytes wait for each other in one connection, which makes none of them a slow upload. */
    @ParameterizedTest(name = "{0} requests of {1} bytes")
    @CsvSource({"6000, 1000", "600, 100000"})
    void manyStreamsOfOneConnectionAreAllServed(int count, int size) throws Exception {
        String channel = contract.channel();
        Semaphore streams = new Semaphore(64);
        List<Future<SimpleHttpResponse>> answers = new ArrayList<>();
        try (CloseableHttpAsyncClient client = wire.http2()) {
            client.start();
            SimpleHttpRequest request = post(channel, new byte[size]);
            for (int i = 0; i < count; i++) {
                streams.acquire();
                answers.add(client.execute(request, new FutureCallback<>() {
                    @Override
                    public void completed(SimpleHttpResponse answer) {
                        streams.release();
                    }

                    @Override
                    public void failed(Exception failure) {
                        streams.release();
                    }

                    @Override
                    public void cancelled() {
                        streams.release();
                    }
                }));
            }
            for (Future<SimpleHttpResponse> answer : answers) {
                assertThat(answer.get().getCode()).isEqualTo(201);
            }
        }
    }

    /** Each is refused before its body is read, which HTTP/2 tells by a reset: Jetty's own limit is 128 of these a second. */
    @Test
    void aBurstOfRefusalsDoesNotCloseTheConnection() throws Exception {
        upgrading.send(request("/channels").build(), BodyHandlers.discarding());
        HttpRequest refused = request("/producer/none")
                .PUT(BodyPublishers.ofByteArray(new byte[20_000]))
                .build();
        Semaphore slots = new Semaphore(500);
        List<CompletableFuture<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            slots.acquire();
            answers.add(upgrading
                    .sendAsync(refused, BodyHandlers.ofString())
                    .thenApply(HttpResponse::statusCode)
                    .whenComplete((status, failure) -> slots.release()));
        }

        assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isEqualTo(415));
    }

    /** RFC 9113, 8.1: with NO_ERROR, whatever client there is takes the answer, though its request was not sent to its end. */
    @Test
    @Tag("G12")
    void anEarlyAnswerStands() throws Exception {
        try (Socket client = wire.connect(contract.broker().port(), "127.0.0.1", 0, List.of("h2"))) {
            client.getOutputStream()
                    .write(Http2Frames.preface()
                            .frame(Http2Frames.SETTINGS, 0, 0, new byte[0])
                            .frame(Http2Frames.HEADERS, Http2Frames.END_HEADERS, 1, Http2Frames.head(true, "/nothing"))
                            .bytes());
            DataInputStream frames = new DataInputStream(client.getInputStream());
            int lengthAndType = frames.readInt();
            while ((lengthAndType & 0xff) != Http2Frames.RST_STREAM) {
                frames.skipNBytes(5 + (lengthAndType >>> 8));
                lengthAndType = frames.readInt();
            }
            frames.skipNBytes(5);

            assertThat(frames.readInt()).as("NO_ERROR").isZero();
        }
    }

    /** Not with the JDK's client: that of JDK 25 never ends the requests of a connection that the server has closed. */
    @Test
    void aConnectionThatOverdoesItIsClosed() throws Exception {
        try (LocalBroker strict = LocalBroker.on(contract.mariaDb())
                        .over(wire)
                        .start("server.applicationConnectors[0].maxEventsPerSecond=5");
                CloseableHttpAsyncClient client = wire.http2()) {
            client.start();
            SimpleHttpRequest refused = SimpleRequestBuilder.put(wire.url(strict.port()) + "/producer/none")
                    .setBody(new byte[20_000], ContentType.create("image/png"))
                    .build();
            List<Future<SimpleHttpResponse>> answers = Stream.generate(() -> client.execute(refused, null))
                    .limit(500)
                    .toList();

            assertThat(answers)
                    .anySatisfy(answer -> assertThatThrownBy(answer::get).isInstanceOf(ExecutionException.class));
        }
    }

    @Test
    void aRequestWithABodyIsNotUpgraded() throws Exception {
        String channel = contract.channel();
        HttpResponse<String> chunked = upgrading.send(
                broadcast(channel)
                        .POST(BodyPublishers.fromPublisher(BodyPublishers.ofString("chunked")))
                        .build(),
                BodyHandlers.ofString());

        assertThat(chunked.statusCode()).isEqualTo(201);
        assertThat(chunked.version())
                .isEqualTo(wire == Wire.TLS ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1);
    }

    @Test
    void withoutDatabaseItIs503() throws Exception {
        contract.line().cut();
        try {
            HttpResponse<String> answer = send(request("/channels").build());
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).contains("1");
        } finally {
            contract.line().mend();
        }
        await().until(() -> contract.client().get("/channels").status() == 200);
    }

    private SimpleHttpResponse priorKnowledge(SimpleHttpRequest request) throws Exception {
        try (CloseableHttpAsyncClient client = wire.http2()) {
            client.start();
            return client.execute(request, null).get();
        }
    }

    @Test
    void byPriorKnowledgeBodiesAreReadToo() throws Exception {
        String channel = contract.channel();
        assertThat(priorKnowledge(post(channel, new byte[100_000])).getCode()).isEqualTo(201);
        SimpleHttpRequest refused = post(channel, new byte[100_000]);
        refused.setHeader("X-Broker-Channel-Token", "x");
        assertThat(priorKnowledge(refused).getCode()).isEqualTo(403);
    }

    private SimpleHttpRequest post(String channel, byte[] body) {
        SimpleRequestBuilder request = SimpleRequestBuilder.post(contract.uri(channel + "/broadcast"))
                .setBody(body, ContentType.create("image/png"));
        ContractBroker.eachToken(request::addHeader);
        return request.build();
    }

    private HttpRequest.Builder broadcast(String channel) {
        HttpRequest.Builder request = request(channel + "/broadcast");
        ContractBroker.eachToken(request::header);
        return request;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(contract.uri(path));
    }

    /** The first request of a connection is answered by HTTP/2 only if it has no body: so one without goes before. */
    private HttpResponse<String> send(HttpRequest request) throws Exception {
        upgrading.send(request("/channels").build(), BodyHandlers.discarding());
        return upgrading.send(request, BodyHandlers.ofString());
    }
}
