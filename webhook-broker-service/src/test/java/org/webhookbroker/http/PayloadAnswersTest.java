package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.webhookbroker.testing.MariaDbExtension;

/** G8: clients that ask for large messages and do not read them cannot fill the memory. */
@Tag("G8")
@Tag("slow")
final class PayloadAnswersTest {
    private static final Logger ROOT = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private static final String LARGE = "x".repeat(10 << 20);
    private static final String LATER = "2027-01-01T00:00:00Z";
    private static final String MESSAGE = "/channel/c1/message/";
    private static final String SCHEDULED = "/channel/c1/scheduled-message/";

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private TestNode node;
    private Requests requests;

    @BeforeEach
    void start() {
        node = new TestNode(mariaDb.database()).started();
        // Only now, after Dropwizard has set up its own.
        ROOT.addAppender(log);
        log.start();
        requests = new Requests(node);
        broadcast("small", "hi", "");
        broadcast("large", LARGE, "");
        broadcast("small-later", "hi", LATER);
        broadcast("large-later", LARGE, LATER);
    }

    @AfterEach
    void stop() {
        node.close();
        ROOT.detachAppender(log);
    }

    private void broadcast(String id, String payload, String dueAt) {
        HttpResponse<String> answer =
                requests.broadcast(payload, "X-Broker-Message-ID", id, "X-Broker-Scheduled-For", dueAt);
        assertThat(answer.statusCode()).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {MESSAGE + "large", SCHEDULED + "large-later"})
    void anAnswerThatIsNotReadMakesRoomForOthers(String unread) throws Exception {
        try (Socket reader = ask(unread)) {
            assertThat(reader.getInputStream().read()).isEqualTo('H');
            HttpResponse<String> refused = requests.get(MESSAGE + "large");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(refused.body()).contains("try again");
            assertThat(requests.get(MESSAGE + "small").statusCode()).isEqualTo(200);
            assertThat(requests.get(SCHEDULED + "small-later").statusCode()).isEqualTo(200);
            for (String large : new String[] {MESSAGE + "large", SCHEDULED + "large-later"}) {
                await().until(() -> requests.get(large).statusCode() == 200);
            }
        }
    }

    /** It may take as long as it does, as long as it is read. */
    @Test
    void anAnswerThatIsReadArrivesWhole() throws Exception {
        try (Socket reader = ask(MESSAGE + "large")) {
            assertThat(readToItsEnd(reader.getInputStream())).isGreaterThan(LARGE.length());
        }
    }

    @Test
    void aReschedulingThatFindsNoRoomChangesNothing() throws Exception {
        String path = SCHEDULED + "large-later";
        try (Socket reader = ask(MESSAGE + "large")) {
            assertThat(reader.getInputStream().read()).isEqualTo('H');
            assertThat(requests.change("PUT", path, "X-Broker-Scheduled-For", "2028-01-01T00:00:00Z")
                            .statusCode())
                    .isEqualTo(503);
        }
        await().until(() -> requests.get(MESSAGE + "large").statusCode() == 200);
        assertThat(requests.json(path).path("dispatchSchedule").asText()).isEqualTo(LATER);
    }

    @Test
    void thoseWhoGoAwayLeaveNothingReservedAndNothingInTheLog() throws Exception {
        for (int i = 0; i < 5; i++) {
            try (Socket reader = ask(MESSAGE + "large")) {
                assertThat(reader.getInputStream().read()).isEqualTo('H');
            }
            await().until(() -> requests.get(MESSAGE + "large").statusCode() == 200);
        }
        assertThat(log.list).noneMatch(event -> event.getThrowableProxy() != null);
    }

    private Socket ask(String path) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port());
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static long readToItsEnd(InputStream stream) throws IOException {
        return stream.transferTo(OutputStream.nullOutputStream());
    }
}
