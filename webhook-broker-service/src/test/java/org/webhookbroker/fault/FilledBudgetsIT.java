package org.webhookbroker.fault;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.signature.GatewaySignature;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.BrokerProcess;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.RawClient;

/**
 * G8 with the packaged broker and 256 MB, in the mode where requests are signed: hostile clients fill the room for connections, and the
 * memory for bodies that are not proved, for forms, and for answers that nobody reads, first each alone and then all at once. A
 * producer that signs is served each time.
 */
@Tag("G8")
@Tag("G6")
@Tag("slow")
class FilledBudgetsIT {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final String SECRET = "dGVzdC1obWFjLXNlY3JldC1mb3ItaW50ZWdyYXRpb24=";
    private static final int MIB = 1 << 20;
    private static final int MAX_CONNECTIONS = 1500;
    private static final int STATUS_LINE = "HTTP/1.1 503".length();

    /** What fills a budget: so many connections more than it has room for, each of which stops half way or never reads. */
    private enum Budget {
        HEADS(MAX_CONNECTIONS + 300) {
            @Override
            String text() {
                return "GET /producers HTTP/1.1\r\nHost: x\r\nX-Long: " + "a".repeat(8000);
            }
        },
        UNPROVED_BODIES(40) {
            @Override
            String text() {
                return "POST /channel/c/broadcast HTTP/1.1\r\nHost: x\r\nX-Broker-Signature: t="
                        + Instant.now().getEpochSecond() + ",v1=00\r\nContent-Length: 8000000\r\n\r\n"
                        + "z".repeat(2 * MIB);
            }
        },
        FORMS(600) {
            @Override
            String text() {
                return "PUT /producer/s HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                        + "Content-Length: 32000\r\n\r\ntoken=" + "t".repeat(30_000);
            }
        },
        UNREAD_ANSWERS(40) {
            @Override
            String text() {
                return "GET /channel/large/consumer/pull/queued-jobs?limit=1 HTTP/1.1\r\nHost: x\r\n"
                        + "X-Broker-Channel-Token: ct\r\nX-Broker-Consumer-Token: kt\r\n" + signature("") + "\r\n\r\n";
            }
        };

        private final int connections;

        Budget(int connections) {
            this.connections = connections;
        }

        abstract String text();
    }

    @Test
    void signedBroadcastsAreServedWhateverStrangersFill() throws IOException {
        List<Socket> strangers = new ArrayList<>();
        try (ConsumerServer consumer = ConsumerServer.start().otherwise(Behavior.status(204));
                BrokerProcess broker = BrokerProcess.start(
                        mariaDb,
                        "GATEWAY_AUTH_MODE=hmac",
                        "GATEWAY_AUTH_SECRET=" + SECRET,
                        // Behind the gateway's own memory no form would ever wait for its bytes.
                        "GATEWAY_AUTH_EXEMPT_PATHS=[\"/producer/\"]",
                        "MAX_CONNECTIONS=" + MAX_CONNECTIONS)) {
            RawClient client = new RawClient(broker.port());
            register(client, consumer);
            for (Budget budget : Budget.values()) {
                fill(budget, broker.port(), strangers);
                mustServe(budget.name(), client, consumer, broker);
                hangUp(strangers);
            }
            for (Budget budget : Budget.values()) {
                fill(budget, broker.port(), strangers);
            }
            for (int i = 0; i < 5; i++) {
                mustServe("all-" + i, client, consumer, broker);
            }
        } finally {
            hangUp(strangers);
        }
    }

    private static void register(RawClient client, ConsumerServer consumer) {
        Stream.of(
                        "producer/p token=pt",
                        "channel/c token=ct",
                        "channel/large token=ct",
                        "channel/c/consumer/k token=kt&callbackUrl=" + consumer.url("/"),
                        "channel/large/consumer/pull token=kt&type=pull&callbackUrl=" + consumer.url("/"))
                .map(line -> line.split(" ", 2))
                .forEach(entry -> assertThat(client.put("/" + entry[0], entry[1], signature(entry[1]))
                                .status())
                        .isEqualTo(200));
        assertThat(broadcast(client, "large", "large", "x".repeat(4 * MIB)).status())
                .isEqualTo(201);
    }

    private static void mustServe(String id, RawClient client, ConsumerServer consumer, BrokerProcess broker) {
        int before = consumer.requests().size();
        assertThat(broadcast(client, "c", id, "{}").status()).as(id).isEqualTo(201);
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(consumer.requests()).as(id).hasSize(before + 1));
        assertThat(new ApiClient(broker.adminUrl()).get("/ping")).contains("pong");
        assertThat(broker.ranOutOfMemory()).as(id).isFalse();
    }

    private static Answer broadcast(RawClient client, String channel, String id, String body) {
        return client.send(
                "POST /channel/" + channel + "/broadcast",
                body,
                "X-Broker-Channel-Token: ct",
                "X-Broker-Producer-ID: p",
                "X-Broker-Producer-Token: pt",
                "X-Broker-Message-ID: " + id,
                signature(body));
    }

    private static String signature(String body) {
        return "X-Broker-Signature: " + GatewaySignature.of(SECRET).header(Instant.now(), body.getBytes(ISO_8859_1));
    }

    /** None of them reads. That some are sent away shows that there is no more room. */
    private static void fill(Budget budget, int port, List<Socket> all) throws IOException {
        List<Socket> held = new ArrayList<>();
        for (int i = 0; i < budget.connections; i++) {
            Socket socket = new Socket();
            held.add(socket);
            all.add(socket);
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            try {
                socket.getOutputStream().write(budget.text().getBytes(ISO_8859_1));
            } catch (IOException sentAway) {
                return;
            }
        }
        await(budget.name())
                .atMost(Duration.ofMinutes(1))
                .until(() -> held.stream().anyMatch(FilledBudgetsIT::isSentAway));
    }

    private static boolean isSentAway(Socket socket) {
        try {
            if (socket.getInputStream().available() >= STATUS_LINE) {
                String start = new String(socket.getInputStream().readNBytes(STATUS_LINE), ISO_8859_1);
                return start.equals("HTTP/1.1 503");
            }
            socket.setSoTimeout(1);
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    private static void hangUp(List<Socket> held) throws IOException {
        for (Socket socket : held) {
            socket.close();
        }
        held.clear();
    }
}
