package org.webhookbroker.ops;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;
import org.webhookbroker.testing.Sql;

/** Whoever hangs up stops a replay, whatever its pace: at most what belongs to one second is requeued after that. */
@Tag("slow")
class HangUpTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final Sql sql = mariaDb.sql();
    private final BackgroundLoop loop = new BackgroundLoop("lease", Duration.ofMillis(10), () -> false);
    private OpsServer server;

    @BeforeEach
    void start() throws Exception {
        Registrar registrar = new Registrar(mariaDb.database());
        Xid channel = registrar.channel("orders");
        Xid consumer = registrar.push(channel, "billing", "http://127.0.0.1/");
        new Seed(mariaDb.database()).dead(channel, consumer, 10_000, "status-500", Instant.EPOCH);
        loop.start();
        server = OpsServer.start(mariaDb.database(), loop);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        loop.stop();
    }

    @ParameterizedTest(name = "{0} a second")
    @ValueSource(ints = {2, 40, 500})
    void aReplayEnds(int perSecond) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.adminPort())) {
            socket.getOutputStream()
                    .write(("POST /tasks/dead-letter-replay?consumer=billing&per-second=" + perSecond
                                    + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n")
                            .getBytes(US_ASCII));
            await().until(() -> sql.count("job") >= perSecond);
        }
        long atTheEnd = sql.count("job");

        await().during(Duration.ofSeconds(3)).until(() -> {
            assertThat(sql.count("job")).isLessThanOrEqualTo(atTheEnd + perSecond);
            return true;
        });
    }
}
