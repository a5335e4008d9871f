package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.util.DataSize;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.MariaDbExtension;

/** Clients whose requests are answered before their bodies have come. */
@Tag("G6")
@Tag("G12")
@Tag("slow")
final class LingeringEndTest {
    private static final int MIB = 1 << 20;

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final List<Socket> clients = new ArrayList<>();
    private TestNode node;

    @BeforeEach
    void start() {
        node = new TestNode(mariaDb.database(), settings -> settings.intake.maxPayload = DataSize.bytes(100_000))
                .started();
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        node.close();
    }

    @RepeatedTest(10)
    void aClientThatReadsOnceItHasWrittenReadsTheAnswer() throws IOException {
        Socket client = announce(8 * MIB, "");
        client.getOutputStream().write(new byte[8 * MIB]);
        Answer answer = answer(client);
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.body()).isEqualTo("payload is larger than the limit of 100000 bytes");
    }

    @Test
    void aBodyWithoutAnEndIsCutOff() throws IOException {
        Socket client = announce(1 << 30, "");
        byte[] piece = new byte[64 << 10];
        long written = 0;
        try {
            while (written < 1 << 30) {
                client.getOutputStream().write(piece);
                written += piece.length;
            }
        } catch (IOException cutOff) {
            // As it should.
        }
        assertThat(written).isBetween(1L * MIB, 128L * MIB);
    }

    /** It would be through in a day. */
    @Test
    void aBodyThatDripsIsCutOff() throws Exception {
        Socket client = announce(8 * MIB, "");
        assertThat(answer(client).status()).isEqualTo(413);
        CountDownLatch pause = new CountDownLatch(1);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 2000; i++) {
                        client.getOutputStream().write('x');
                        pause.await(10, TimeUnit.MILLISECONDS);
                    }
                })
                .isInstanceOf(IOException.class);
    }

    /** It asks before it sends, and the answer says no (RFC 9110, 10.1.1): what it sends all the same is not read. */
    @Test
    void whatIsNotAskedForIsNotWaitedFor() throws IOException {
        Socket client = announce(8 * MIB, "Expect: 100-continue\r\n");
        assertThat(client.getInputStream().readAllBytes()).asString().startsWith("HTTP/1.1 413 ");
        assertThatThrownBy(() -> client.getOutputStream().write(new byte[8 * MIB]))
                .isInstanceOf(IOException.class);
    }

    private Socket announce(int bytes, String header) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), node.port());
        clients.add(client);
        client.setSoTimeout(60_000);
        client.getOutputStream()
                .write(("POST /channel/c1/broadcast HTTP/1.1\r\nHost: b\r\nX-Broker-Channel-Token: ct\r\n"
                                + "X-Broker-Producer-ID: p1\r\nX-Broker-Producer-Token: pt\r\n" + header
                                + "Content-Length: " + bytes + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return client;
    }

    private static Answer answer(Socket client) throws IOException {
        return Answer.read(new BufferedInputStream(client.getInputStream()), false);
    }
}
