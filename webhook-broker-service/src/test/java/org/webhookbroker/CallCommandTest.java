package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.util.JarLocation;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.webhookbroker.testing.RefusingPort;
import org.webhookbroker.testing.TestAuthority;

/** The command {@code call}: what it sends, what it prints where, and what its exit codes say. */
class CallCommandTest {
    @TempDir
    Path folder;

    private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();
    private final List<Integer> codes = new ArrayList<>();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final ByteArrayOutputStream remarks = new ByteArrayOutputStream();
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        serve();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void the_answer_is_printed() {
        call("http://localhost:" + port() + "/ping");
        assertThat(asked).containsExactly("GET /ping null");
        assertThat(output.toString(StandardCharsets.UTF_8)).isEqualTo("first%nACCOUNTED: all%n".formatted());
        assertThat(codes).isEmpty();
    }

    @Test
    void a_task_is_posted_with_the_key_of_a_file() throws Exception {
        Path key = Files.writeString(folder.resolve("key"), "whb_1\n");
        call(
                "--post",
                "--key-file",
                key.toString(),
                "--expect=ACCOUNTED",
                "http://localhost:" + port() + "/tasks/accounting");
        assertThat(asked).containsExactly("POST /tasks/accounting Bearer whb_1");
        assertThat(codes).isEmpty();
    }

    @Test
    void an_answer_without_what_was_expected_is_a_failure() {
        call("--expect", "NOTHING", "http://localhost:" + port() + "/ping");
        assertThat(codes).containsExactly(12);
        assertThat(output.toString(StandardCharsets.UTF_8)).contains("first");
        assertThat(remarks.toString(StandardCharsets.UTF_8)).contains("no line of the answer begins with NOTHING");
    }

    @Test
    void another_status_is_a_failure_and_its_text_is_shown() {
        call("http://localhost:" + port() + "/broken");
        assertThat(codes).containsExactly(12);
        assertThat(output.toString(StandardCharsets.UTF_8)).contains("ACCOUNTED: all");
        assertThat(remarks.toString(StandardCharsets.UTF_8)).contains("/broken answers 503");
    }

    @Test
    void what_cannot_be_called_is_named() throws Exception {
        try (RefusingPort nobody = new RefusingPort()) {
            call("http://localhost:" + nobody.port() + "/ping");
            assertThat(remarks.toString(StandardCharsets.UTF_8))
                    .contains("http://localhost:" + nobody.port() + "/ping does not answer");
        }
        call("nowhere");
        assertThat(remarks.toString(StandardCharsets.UTF_8)).contains("nowhere is no URL");
        call("--key-file", folder.resolve("none").toString(), "http://localhost/");
        assertThat(remarks.toString(StandardCharsets.UTF_8)).contains("--key-file: cannot read");
        call("--certificate", folder.resolve("none").toString(), "http://localhost/");
        assertThat(remarks.toString(StandardCharsets.UTF_8)).contains("--certificate: there is no file");
        assertThat(codes).containsExactly(12, 12, 12, 12);
    }

    /** The Service of a cluster has a name that no certificate has. */
    @Test
    void a_broker_behind_TLS_is_known_by_its_certificate_whatever_its_name() throws Exception {
        TestAuthority authority = TestAuthority.named("nobody knows");
        TestAuthority.Issued own =
                authority.issue("broker", TestAuthority.keyPair("EC", 256), TestAuthority.Validity.DAY);
        behindTls(own);
        Path certificate = Files.writeString(folder.resolve("tls.crt"), own.pem());
        call("--certificate", certificate.toString(), "https://127.0.0.2:" + port() + "/ping");
        assertThat(codes).isEmpty();
        assertThat(asked).containsExactly("GET /ping null");
    }

    @Test
    void one_that_shows_another_certificate_or_an_old_one_is_not_asked() throws Exception {
        TestAuthority authority = TestAuthority.named("nobody knows");
        TestAuthority.Issued old = authority.issue(
                "broker",
                TestAuthority.keyPair("EC", 256),
                TestAuthority.Validity.of(Duration.ofDays(-2), Duration.ofDays(-1)));
        behindTls(old);
        Path other = Files.writeString(
                folder.resolve("other"), authority.issue("broker").pem());
        call("--certificate", other.toString(), "https://localhost:" + port() + "/ping");
        assertThat(remarks.toString(StandardCharsets.UTF_8)).contains("it shows another certificate, of CN=broker");
        Path ended = Files.writeString(folder.resolve("ended"), old.pem());
        call("--certificate", ended.toString(), "https://localhost:" + port() + "/ping");
        call("https://localhost:" + port() + "/ping");
        assertThat(codes).containsExactly(12, 12, 12);
        assertThat(asked).isEmpty();
    }

    private void behindTls(TestAuthority.Issued own) throws Exception {
        server.stop(0);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", own.key(), new char[0], own.chain().toArray(Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        HttpsServer secure = HttpsServer.create(new InetSocketAddress("0.0.0.0", 0), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(context));
        server = secure;
        serve();
    }

    private void serve() {
        server.createContext("/", exchange -> {
            String key = exchange.getRequestHeaders().getFirst("Authorization");
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + key);
            byte[] text = "first\nACCOUNTED: all\n".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(exchange.getRequestURI().getPath().equals("/broken") ? 503 : 200, text.length);
            exchange.getResponseBody().write(text);
            exchange.close();
        });
        server.start();
    }

    private int port() {
        return server.getAddress().getPort();
    }

    private void call(String... line) {
        BrokerApplication application = new BrokerApplication();
        Bootstrap<BrokerConfiguration> bootstrap = new Bootstrap<>(application);
        bootstrap.addCommand(new CallCommand(codes::add, new PrintStream(output, true, StandardCharsets.UTF_8)));
        new Cli(new JarLocation(BrokerApplication.class), bootstrap, new ByteArrayOutputStream(), remarks)
                .run(Stream.concat(Stream.of("call"), Stream.of(line)).toArray(String[]::new));
    }
}
