package org.webhookbroker.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Wire;

/** The API behind TLS: which protocols it speaks, with whom, and what it does with a handshake that is none. */
class TlsPortTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static LocalBroker broker;

    @BeforeAll
    static void start() {
        broker = LocalBroker.on(mariaDb).over(Wire.TLS).start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @ParameterizedTest
    @EnumSource
    void bothProtocols(HttpClient.Version version) throws Exception {
        HttpResponse<String> answer = Wire.TLS
                .client()
                .version(version)
                .build()
                .send(
                        HttpRequest.newBuilder(URI.create("https://localhost:" + broker.port() + "/channels"))
                                .build(),
                        BodyHandlers.ofString());

        assertThat(answer.version()).isEqualTo(version);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("Result");
    }

    @Test
    void rawClient() throws IOException {
        assertThat(broker.client().get("/channels").status()).isEqualTo(200);
        broker.api().register("c", "k", "http://127.0.0.1:1/");
        assertThat(broker.api().broadcast("c", "m", "hi").join()).isEqualTo(201);
        try (Socket socket = Wire.TLS.connect(broker.port(), "127.0.0.1", 0, List.of("h2"))) {
            assertThat(((SSLSocket) socket).getApplicationProtocol()).isEqualTo("h2");
        }
    }
}
