package org.webhookbroker.contract;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.Wire;

/** Contract 1: keep-alive. */
@Tag("slow")
@ParameterizedClass
@EnumSource
final class KeepAliveContractTest {
    private static final String IMPATIENT = "server.applicationConnectors[0].requestIdleTimeout=500ms";

    @RegisterExtension
    static final ContractBroker inClear = new ContractBroker(IMPATIENT);

    @RegisterExtension
    static final ContractBroker behindTls = new ContractBroker(IMPATIENT).over(Wire.TLS);

    private final Wire wire;
    private final ContractBroker contract;

    KeepAliveContractTest(Wire wire) {
        this.wire = wire;
        contract = wire == Wire.TLS ? behindTls : inClear;
    }

    @Test
    @DisplayName("1: a connection without a request may rest for longer than a request may stand still")
    void aConnectionRests() throws IOException {
        String channel = contract.channel();
        try (Socket resting = contract.broker().connect()) {
            resting.setSoTimeout(30_000);
            Answer first = producers(resting);

            Answer stalled = contract.client()
                    .raw("POST " + channel + "/broadcast HTTP/1.1\r\nHost: b\r\nContent-Length: 9\r\n"
                            + String.join("\r\n", ContractBroker.withTokens()) + "\r\n\r\nx");
            assertThat(stalled.status()).isEqualTo(408);

            assertThat(producers(resting).body()).isEqualTo(first.body()).contains("/producer/p1");
        }
    }

    @Test
    @Tag("G6")
    @DisplayName("1: connections that rest make room for others once there are as many as may be")
    void restingConnectionsMakeRoom() throws IOException {
        try (LocalBroker broker = LocalBroker.on(contract.mariaDb())
                        .over(wire)
                        .start("server.applicationConnectors[0].maxConnections=2", IMPATIENT);
                Socket resting = broker.connect()) {
            resting.setSoTimeout(30_000);
            assertThat(producers(resting).status()).isEqualTo(200);
            try (Socket silent = broker.connect()) {
                if (wire == Wire.TLS) {
                    producers(silent); // Until its handshake has ended it would go first.
                }
                assertThat(silent.isConnected()).isTrue();

                assertThat(broker.client().get("/producers").status()).isEqualTo(200);
                assertThat(resting.getInputStream().read()).as("hung up").isEqualTo(-1);
            }
        }
    }

    /** The idle timeout that its request ends with must not be the long one, although it began before there were too many. */
    @Test
    @Tag("G6")
    @DisplayName("1: so does a connection that begins to rest when there are as many as may be already")
    void whatBeginsToRestMakesRoomToo() throws IOException {
        try (LocalBroker broker = LocalBroker.on(contract.mariaDb())
                        .over(wire)
                        .start(
                                "server.applicationConnectors[0].maxConnections=2",
                                "server.applicationConnectors[0].requestIdleTimeout=1s");
                Socket busy = broker.connect()) {
            String form = "token=a-secret";
            write(
                    busy,
                    "PUT /producer/p9 HTTP/1.1\r\nHost: b\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                            + "Content-Length: " + form.length() + "\r\n\r\n" + form.substring(0, 5));
            try (Socket silent = broker.connect()) {
                silent.setSoTimeout(30_000);
                write(busy, form.substring(5));
                assertThat(Answer.read(busy.getInputStream(), false).status()).isEqualTo(200);

                assertThat(broker.client().get("/producers").status()).isEqualTo(200);
            }
        }
    }

    private static void write(Socket connection, String text) throws IOException {
        connection.getOutputStream().write(text.getBytes(US_ASCII));
    }

    private static Answer producers(Socket connection) throws IOException {
        write(connection, "GET /producers HTTP/1.1\r\nHost: b\r\n\r\n");
        return Answer.read(connection.getInputStream(), false);
    }
}
