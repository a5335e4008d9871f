package org.webhookbroker.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.RawClient;

@Tag("G9")
final class ReadyTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = MariaDbExtension.oncePerClass();

    @Test
    void aNodeIsReadyUntilItStops() throws Exception {
        BackgroundLoop idle = new BackgroundLoop("idle", Duration.ofMinutes(1), () -> false);
        try (OpsServer server = OpsServer.start(mariaDb.database(), idle)) {
            RawClient balancer = new RawClient(server.adminPort());
            for (String method : new String[] {"GET", "OPTIONS"}) {
                assertThat(balancer.send(method + " /ready", "").status()).isEqualTo(200);
                assertThat(balancer.send(method + " /ready", "").body()).isEqualTo("ready\n");
            }
            // As haproxy asks if it is told no more.
            assertThat(balancer.raw("OPTIONS /ready HTTP/1.0\r\n\r\n").status()).isEqualTo(200);

            server.stopping.set(true);
            for (String method : new String[] {"GET", "OPTIONS"}) {
                assertThat(balancer.send(method + " /ready", "").status()).isEqualTo(503);
                assertThat(balancer.send(method + " /ready", "").body()).isEqualTo("not ready: stopping\n");
            }
        }
    }

    /** Whoever reaches the port may ask, so no consumer is named. */
    @Test
    void aLoopThatIsUnwellIsNamedAndNotItsReason() throws Exception {
        // Unwell as soon as it fails: the interval counts into the limit.
        BackgroundLoop broken = new BackgroundLoop("settle", Duration.ofSeconds(-15), () -> {
            throw new IllegalStateException("consumer billing");
        });
        try (OpsServer server = OpsServer.start(mariaDb.database(), broken)) {
            broken.start();
            await().until(broken::isUnwell);
            assertThat(server.getAdmin("/ready"))
                    .isEqualTo(new OpsServer.Answer(503, "not ready: loop-settle, see /healthcheck\n"));
        } finally {
            broken.stop();
        }
    }

    /** Neither takes the requests of a node away. */
    @Test
    void whatServesNobodyDoesNotCount() throws Exception {
        BackgroundLoop broken = new BackgroundLoop("audit", Duration.ofSeconds(-15), () -> {
            throw new IllegalStateException("no such right");
        });
        try (OpsServer server = OpsServer.start(mariaDb.database(), broken)) {
            broken.start();
            await().until(broken::isUnwell);
            assertThat(server.getAdmin("/ready")).isEqualTo(new OpsServer.Answer(200, "ready\n"));
        } finally {
            broken.stop();
        }
    }

    /** A loop that is called another name one day would not count any more. */
    @Test
    void thoseThatCountAreThere() {
        try (LocalBroker broker = LocalBroker.start(mariaDb, "auth.mode=keys", "auth.adminAuth=false")) {
            List<String> loops = Pattern.compile("\"loop-([^\"]*)\"")
                    .matcher(broker.admin().get("/healthcheck"))
                    .results()
                    .map(loop -> loop.group(1))
                    .toList();
            assertThat(loops.stream()
                            .filter(name -> ReadyServlet.SERVING.matcher(name).matches()))
                    .containsExactlyInAnyOrder(
                            "heartbeat", "registry", "keys", "settle", "lease", "pull-wait", "intake-1", "schedule-1");
        }
    }
}
