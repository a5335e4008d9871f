package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.Wire;

/**
 * A request that is refused before its body was read: its connection goes on, or the answer says that it ends (RFC 9112, 9.3 and
 * 9.6). Else the next request of a client that keeps its connections would meet a reset.
 */
@Tag("G12")
@ParameterizedClass
@EnumSource
final class UnreadBodyTest {
    @RegisterExtension
    static final ContractBroker inClear = new ContractBroker();

    @RegisterExtension
    static final ContractBroker behindTls = new ContractBroker().over(Wire.TLS);

    private final ContractBroker contract;

    UnreadBodyTest(Wire wire) {
        contract = wire == Wire.TLS ? behindTls : inClear;
    }

    @ParameterizedTest(name = "{0} with {2} bytes, of which {3} arrive early")
    @CsvSource(delimiter = '|', textBlock = """
            POST /nothing             | 404 |      10 |     10
            POST /nothing             | 404 |  100000 |   1000
            POST /nothing             | 404 | 1000000 |      0
            POST /channels            | 405 |  100000 |   1000
            PUT /producer/new         | 415 |      10 |     10
            PUT /producer/new         | 415 |  100000 |   1000
            POST /CHANNEL/c/broadcast | 307 |  100000 |   1000
            POST /channel/c/broadcast | 404 |      10 |     10
            POST /channel/c/broadcast | 404 |  100000 |   1000
            """)
    void ofAnyRoute(String line, int status, int size, int early) throws Exception {
        nextRequestIsSafe(contract, line, status, size, early);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            POST /nothing             | 404
            PUT /producer/new         | 415
            POST /channel/c/broadcast | 404
            GET /channels             | 200
            """)
    void aClientThatWritesAllBeforeItReadsHasItsAnswer(String line, int status) throws Exception {
        int size = 4_000_000;
        try (Socket socket = contract.broker().connect()) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            write(out, line + " HTTP/1.1\r\nHost: broker\r\nContent-Length: " + size + "\r\n\r\n" + "x".repeat(size));
            assertThat(Answer.read(new BufferedInputStream(socket.getInputStream()), false)
                            .status())
                    .isEqualTo(status);
        }
    }

    static void nextRequestIsSafe(ContractBroker contract, String line, int status, int size, int early)
            throws Exception {
        try (Socket socket = contract.broker().connect()) {
            socket.setSoTimeout(20_000);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            write(out, line + " HTTP/1.1\r\nHost: broker\r\nContent-Length: " + size + "\r\n\r\n" + "x".repeat(early));

            Answer refusal = Answer.read(in, false);

            assertThat(refusal.status()).isEqualTo(status);
            if (!refusal.header("Connection").equalsIgnoreCase("close")) {
                write(out, "x".repeat(size - early));
                write(out, "GET /_status HTTP/1.1\r\nHost: broker\r\n\r\n");
                assertThat(Answer.read(in, false).status()).isEqualTo(200);
            }
        }
    }

    private static void write(OutputStream out, String text) throws Exception {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }
}
