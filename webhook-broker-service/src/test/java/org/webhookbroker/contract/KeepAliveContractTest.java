package org.webhookbroker.contract;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.Answer;

/** Section 1: keep-alive. */
final class KeepAliveContractTest {
    @RegisterExtension
    static final ContractBroker contract =
            new ContractBroker("server.applicationConnectors[0].requestIdleTimeout=500ms");

    @Test
    @DisplayName("1: a connection without a request may rest for longer than a request may stand still")
    void aConnectionRests() throws IOException {
        String channel = contract.channel();
        try (Socket resting =
                new Socket(InetAddress.getLoopbackAddress(), contract.client().port())) {
            resting.setSoTimeout(30_000);
            Answer first = producers(resting);

            Answer stalled = contract.client()
                    .raw("POST " + channel + "/broadcast HTTP/1.1\r\nHost: b\r\nContent-Length: 9\r\n"
                            + String.join("\r\n", ContractBroker.withTokens()) + "\r\n\r\nx");
            assertThat(stalled.status()).isEqualTo(408);

            assertThat(producers(resting).body()).isEqualTo(first.body()).contains("/producer/p1");
        }
    }

    private static Answer producers(Socket connection) throws IOException {
        connection.getOutputStream().write("GET /producers HTTP/1.1\r\nHost: b\r\n\r\n".getBytes(US_ASCII));
        return Answer.read(connection.getInputStream(), false);
    }
}
