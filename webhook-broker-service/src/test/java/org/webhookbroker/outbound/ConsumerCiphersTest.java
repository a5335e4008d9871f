package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.webhookbroker.testing.Der;
import org.webhookbroker.testing.TestAuthority;
import org.webhookbroker.testing.TestAuthority.Issued;
import org.webhookbroker.testing.TestAuthority.Validity;

/** Which versions and ciphers of TLS consumers are called by. */
class ConsumerCiphersTest {
    private static final TestAuthority AUTHORITY = TestAuthority.named("authority");
    private static final Issued EC = AUTHORITY.issue("consumer.test");
    private static final Issued RSA =
            AUTHORITY.issue("consumer.test", TestAuthority.keyPair("RSA", 2048), Validity.DAY);

    /** Numbers of IANA: of TLS 1.3, of ECDHE with AES-GCM or ChaCha20. */
    private static final List<Integer> OFFERED =
            List.of(0x1301, 0x1302, 0x1303, 0xc02b, 0xc02c, 0xc02f, 0xc030, 0xcca8, 0xcca9);

    /** Those of a JDK to come are judged too. */
    static Stream<String> suitesOfTheJdk() throws GeneralSecurityException {
        return Stream.of(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites())
                .filter(suite -> !suite.endsWith("_SCSV"));
    }

    @ParameterizedTest
    @MethodSource("suitesOfTheJdk")
    void aConsumerThatHasOneCipher(String suite) throws Exception {
        boolean good = !suite.contains("_WITH_")
                || (suite.startsWith("TLS_ECDHE_") && suite.matches(".*(_GCM_SHA[0-9]+|_CHACHA20_POLY1305_SHA256)"));
        try (SSLServerSocket consumer = (SSLServerSocket)
                serving().getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            consumer.setEnabledCipherSuites(new String[] {suite});
            CompletableFuture<Void> served = CompletableFuture.runAsync(() -> serve(consumer));
            Outcome outcome = call(consumer);

            if (good) {
                assertThat(outcome).isEqualTo(new Outcome.Delivered(200));
            } else {
                assertThat(outcome)
                        .isEqualTo(new Outcome.Unreachable(
                                "tls",
                                Reach.NOBODY,
                                false,
                                "The consumer has no cipher that the broker takes (of TLS 1.2 or newer, none with CBC or RSA key exchange),"
                                        + " or wants a client certificate: alert handshake_failure"));
            }
            served.join();
        }
    }

    @Test
    void whatIsOffered() throws Exception {
        try (ServerSocket consumer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<byte[]> greeting = CompletableFuture.supplyAsync(() -> answer(consumer, new byte[0]));
            assertThat(call(consumer).reach()).isEqualTo(Reach.NOBODY);
            ByteBuffer hello = ByteBuffer.wrap(greeting.join());
            hello.position(1 + 3 + 2 + 32); // type, length, version, random
            hello.position(hello.position() + 1 + hello.get(hello.position()));
            List<Integer> suites = new ArrayList<>();
            for (int left = hello.getShort(); left > 0; left -= 2) {
                suites.add(hello.getShort() & 0xffff);
            }
            assertThat(suites).containsExactlyInAnyOrderElementsOf(OFFERED);
            String supportedVersions = "002b" + "0005" + "04" + "0304" + "0303";
            assertThat(HexFormat.of().formatHex(greeting.join())).contains(supportedVersions);
        }
    }

    /** What servers say to it, byte by byte: those of today's JDK cannot be made so old. */
    @ParameterizedTest
    @CsvSource({
        // Alerts: protocol_version, insufficient_security, unrecognized_name, internal_error.
        "15030300020246, The consumer has no version of TLS that the broker takes (1.2 or newer)",
        "15030300020247, 'The consumer has no cipher that the broker takes (of TLS 1.2 or newer, none with CBC or RSA key exchange)'",
        "15030300020270, The consumer has no certificate for this host: alert unrecognized_name",
        "15030300020250, The consumer refused TLS: alert internal_error",
        // The beginning of a server that chooses TLS 1.1, and of those that choose TLS_RSA_WITH_AES_128_CBC_SHA.
        "160302002a020000260302R00c02f00, The consumer has no version of TLS that the broker takes (1.2 or newer)",
        "160303002a020000260303R00002f00, 'The consumer has no cipher that the broker takes (of TLS 1.2 or newer, none with CBC or RSA key exchange)'",
        "160302002a020000260302R00002f00, 'The consumer has no cipher that the broker takes (of TLS 1.2 or newer, none with CBC or RSA key exchange)'"
    })
    void aConsumerThatIsTooOld(String answer, String sentence) throws Exception {
        byte[] bytes = Der.hex(answer.replace("R", "00".repeat(32)));
        try (ServerSocket consumer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<byte[]> greeting = CompletableFuture.supplyAsync(() -> answer(consumer, bytes));
            assertThat(call(consumer)).isEqualTo(new Outcome.Unreachable("tls", Reach.NOBODY, false, sentence));
            greeting.join();
        }
    }

    private static Outcome call(ServerSocket consumer) {
        OutboundFactory factory = new OutboundFactory();
        try (WebhookClient client = factory.build(
                Clock.systemUTC(),
                name -> new InetAddress[] {InetAddress.getLoopbackAddress()},
                AUTHORITY.trusting())) {
            String url = "https://consumer.test:" + consumer.getLocalPort() + "/";
            return Clients.send(client, Clients.call(url, Clients.LONG));
        }
    }

    private static SSLContext serving() throws GeneralSecurityException, IOException {
        char[] password = "password".toCharArray();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        for (Issued each : List.of(EC, RSA)) {
            keys.setKeyEntry(
                    each.key().getAlgorithm(),
                    each.key(),
                    password,
                    each.chain().toArray(Certificate[]::new));
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static void serve(ServerSocket consumer) {
        try (Socket connection = consumer.accept()) {
            InputStream in = connection.getInputStream();
            StringBuilder head = new StringBuilder();
            while (!head.toString().endsWith("\r\n\r\nbody")) {
                head.append((char) in.read());
            }
            connection
                    .getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException refused) {
            // By either side.
        }
    }

    /** The first message of the client without its frame. */
    private static byte[] answer(ServerSocket consumer, byte[] answer) {
        try (Socket connection = consumer.accept()) {
            byte[] header = connection.getInputStream().readNBytes(5);
            byte[] hello = connection.getInputStream().readNBytes(((header[3] & 0xff) << 8) | (header[4] & 0xff));
            connection.getOutputStream().write(answer);
            connection.shutdownOutput();
            connection.getInputStream().readAllBytes();
            return hello;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
