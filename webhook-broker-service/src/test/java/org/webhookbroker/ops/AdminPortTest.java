package org.webhookbroker.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.common.net.InetAddresses;
import java.io.BufferedInputStream;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.RawClient;

/** Who may do what on the admin port: web pages and the broker itself may not. */
@Tag("G12")
final class AdminPortTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = MariaDbExtension.oncePerClass();

    private static LocalBroker broker;
    private static RawClient admin;

    @BeforeAll
    static void start() {
        broker = LocalBroker.start(
                mariaDb, "outbound.userAgent=Our Broker", "ops.adminHosts=Broker-1.internal.,10.1.2.3.nip.io");
        admin = new RawClient(broker.adminPort());
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    /** {@code PORT} stands for the port. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: localhost:PORT",
                "Host: localhost",
                "Host: LocalHost.:PORT",
                "Host: 127.0.0.1:PORT",
                "Host: 127.8.8.8",
                "Host: [::1]:PORT",
                "Host: [::ffff:127.0.0.1]",
                "Host: broker-1.INTERNAL:99",
                "Host: 10.1.2.3.nip.io",
                "Host: localhost:PORT|Origin: http://localhost:PORT|Sec-Fetch-Site: same-origin",
                "Host: localhost:PORT|Sec-Fetch-Site: none",
                "Host: localhost|User-Agent: curl/8.5.0|Content-Type: application/x-www-form-urlencoded"
            })
    void whoeverMeansItRunsATask(String headers) {
        assertThat(task("gc", headers).body()).isEqualTo("Running GC...\nDone!\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            Host: evil.test ; Host
            Host: evil.test:PORT ; Host
            Host: localhost.evil.test ; Host
            Host: 127.0.0.1.nip.io ; Host
            Host: broker-2.internal ; Host
            Host: 127.1 ; Host
            Host: 2130706433 ; Host
            Host: 0x7f.0.0.1 ; Host
            Host: 0.0.0.0 ; Host
            Host: [::] ; Host
            Host: 192.0.2.1 ; Host
            Host: [2001:db8::1]:PORT ; Host
            Host: localhost:PORT|Origin: http://evil.test ; another site
            Host: localhost:PORT|Origin: null ; another site
            Host: localhost:PORT|Origin: http://localhost:1 ; another site
            Host: localhost:PORT|Origin: http://localhost ; another site
            Host: localhost:PORT|Origin: http://127.0.0.1:PORT ; another site
            Host: localhost:PORT|Origin: file:// ; another site
            Host: localhost:PORT|Origin: http://localhost:PORT|Origin: http://evil.test ; another site
            Host: localhost:PORT|Origin: ; another site
            Host: localhost:PORT|Sec-Fetch-Site: cross-site ; another site
            Host: localhost:PORT|Sec-Fetch-Site: same-site ; another site
            Host: localhost:PORT|Sec-Fetch-Site: something-new ; another site
            Host: localhost:PORT|Sec-Fetch-Site: same-origin|Sec-Fetch-Site: cross-site ; another site
            Host: localhost:PORT|User-Agent: Our Broker ; broker itself
            Host: localhost:PORT|User-Agent: other|X-Broker-Message-ID: m1 ; broker itself
            Host: localhost:PORT|x-broker-channel-id: c1 ; broker itself
            Host: localhost:PORT|X-Broker-Metadata-Headers: ; broker itself
            """)
    void whoeverDoesNotIsRefused(String headers, String reason) {
        // Ours and Dropwizard's own; also one that does not exist.
        for (String task : List.of("gc", "log-level", "accounting", "requeue", "prune", "restore", "why", "none")) {
            Answer answer = task(task, headers);
            assertThat(answer.status()).as(task).isEqualTo(403);
            assertThat(answer.body()).contains(reason).endsWith("; nothing was done\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/tasks;x/gc",
                "/%74asks/gc",
                "/healthcheck/../tasks/gc",
                "/tasks/./gc",
                "http://evil.test/tasks/gc"
            })
    void noSpellingOfThePathGetsAround(String path) {
        assertThat(call("POST " + path, "Host: evil.test").body()).doesNotContain("GC");
        assertThat(call("POST " + path, "Host: localhost|Origin: http://evil.test")
                        .body())
                .doesNotContain("GC");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"})
    void onlyAPostRunsATask(String method) {
        assertThat(call(method + " /tasks/gc", "Host: localhost").body()).doesNotContain("GC");
    }

    @Test
    void aForeignHostIsRefusedOverIPv6Too() throws Exception {
        assumeThat(NetworkInterface.getByInetAddress(InetAddresses.forString("::1")))
                .as("this machine has IPv6")
                .isNotNull();
        try (LocalBroker other = LocalBroker.start(mariaDb, "server.adminConnectors[0].bindHost=::1");
                Socket socket = new Socket(InetAddresses.forString("::1"), other.adminPort())) {
            for (String host : List.of("[2001:db8::1]", "192.0.2.1", "[::1]")) {
                socket.getOutputStream()
                        .write(("POST /tasks/gc HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 0\r\n\r\n")
                                .getBytes(StandardCharsets.ISO_8859_1));
                assertThat(Answer.read(new BufferedInputStream(socket.getInputStream()), false)
                                .status())
                        .as(host)
                        .isEqualTo(host.equals("[::1]") ? 200 : 403);
            }
        }
    }

    /** As a client has it in its Host, and as Jetty names the end of the connection. */
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1, true",
        "192.0.2.2, 192.0.2.1, false",
        "127.8.8.8, 192.0.2.1, true",
        "[2001:db8::1], [2001:db8::1], true",
        "[2001:DB8:0::1], [2001:db8:0:0:0:0:0:1], true",
        "[2001:db8::2], [2001:db8::1], false",
        "192.0.2.1, [2001:db8::1], false",
        "[2001:db8::1], 192.0.2.1, false",
        "[fe80::1], [fe80:0:0:0:0:0:0:1%eth0], true",
        "[fe80::2], [fe80:0:0:0:0:0:0:1%eth0], false",
        "[::1], [2001:db8::1], true"
    })
    void anAddressIsOwnIfTheConnectionHasIt(String host, String local, boolean own) {
        assertThat(AdminGuard.isOwnAddress(AdminGuard.withoutBrackets(host), local))
                .isEqualTo(own);
    }

    /** Probes and scrapers come by any name; the broker's own metrics show no secret. */
    @ParameterizedTest
    @ValueSource(strings = {"/healthcheck", "/ping", "/ready", "/prometheus", "/metrics"})
    void monitoringReadsByAnyName(String path) {
        for (String headers :
                List.of("Host: broker-7:8081", "Host: 10.2.3.4:8081|User-Agent: kube-probe/1.30", "Host: evil.test")) {
            assertThat(call("GET " + path, headers).status()).as(headers).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/threads", "/pprof", "/pprof?duration=1", "/"})
    void whatCostsOrTellsMoreIsRefusedAsTasksAre(String path) {
        assertThat(call("GET " + path, "Host: evil.test").status()).isEqualTo(403);
        assertThat(call("GET " + path, "Host: localhost|Sec-Fetch-Site: cross-site")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void itListensOnThisMachineOnlyUnlessTold() throws Exception {
        assertThat(Files.readString(Path.of("..", "config.yml")))
                .contains("bindHost: \"${ADMIN_BIND_HOST:-127.0.0.1}\"");
    }

    private static Answer task(String name, String headers) {
        return call("POST /tasks/" + name, headers);
    }

    private static Answer call(String line, String headers) {
        String lines =
                headers.replace("PORT", String.valueOf(broker.adminPort())).replace("|", "\r\n");
        return admin.raw(line + " HTTP/1.1\r\n" + lines + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    }
}
