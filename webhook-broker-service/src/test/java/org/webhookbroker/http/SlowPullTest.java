package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.testing.MariaDbExtension;

/** Pull consumers that do not read what they have asked for, and what is left for the others. */
@Tag("G6")
@Tag("G8")
@Tag("slow")
final class SlowPullTest {
    private static final int ASKING = 8;
    private static final String TOKENS = "X-Broker-Channel-Token: ct\r\nX-Broker-Consumer-Token: kt\r\n";

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final List<Socket> readers = new ArrayList<>();
    private TestNode node;

    @BeforeEach
    void start() {
        node = new TestNode(mariaDb.database()).started();
        for (int i = 0; i < ASKING; i++) {
            node.consumer("k" + i, ConsumerType.PULL);
        }
        node.consumer("honest", ConsumerType.PULL);
        Requests requests = new Requests(node);
        for (int i = 0; i < 2; i++) {
            assertThat(requests.broadcast("x".repeat(4 << 20)).statusCode()).isEqualTo(201);
        }
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket reader : readers) {
            reader.close();
        }
        node.close();
    }

    /** Its share ends before the memory of all does. */
    @Test
    void oneConsumerCannotTakeWhatTheOthersNeed() throws IOException {
        for (int i = 0; i < ASKING; i++) {
            ask("k0");
        }
        awaitAnswers();

        HttpResponse<String> honest = look("honest");

        assertThat(honest.statusCode()).isEqualTo(200);
        assertThat(honest.body()).hasSizeGreaterThan(4 << 20);
        assertThat(new PullClient(node, "honest").lease("{\"Limit\":1}")).hasSize(1);
    }

    /** Together they can, and then the one that has not read for longest is given up. */
    @Test
    void manyThatDoNotReadMakeRoom() throws IOException {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < ASKING; i++) {
                ask("k" + i);
            }
        }
        awaitAnswers();

        await().until(() -> look("honest").statusCode() == 200);
    }

    private HttpResponse<String> look(String consumer) {
        return new Requests(node)
                .get(
                        "/channel/c1/consumer/" + consumer + "/queued-jobs?limit=1",
                        "X-Broker-Channel-Token",
                        "ct",
                        "X-Broker-Consumer-Token",
                        "kt");
    }

    private void ask(String consumer) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress("localhost", node.port()));
        readers.add(socket);
        socket.getOutputStream()
                .write(("GET /channel/c1/consumer/" + consumer + "/queued-jobs?limit=1 HTTP/1.1\r\nHost: b\r\n" + TOKENS
                                + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
    }

    private void awaitAnswers() {
        await().until(() -> {
            for (Socket reader : readers) {
                if (reader.getInputStream().available() == 0) {
                    return false;
                }
            }
            return true;
        });
    }
}
