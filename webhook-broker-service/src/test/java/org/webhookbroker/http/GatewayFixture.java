package org.webhookbroker.http;

import static org.awaitility.Awaitility.await;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.util.DataSize;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.webhookbroker.http.server.GatewayAuthFactory;
import org.webhookbroker.http.server.GatewayAuthFactoryTest;
import org.webhookbroker.signature.GatewaySignature;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.RawClient;

/** A node behind the gateway, and clients that sign their requests or do not. */
abstract class GatewayFixture {
    abstract MariaDbExtension mariaDb();

    static final int LIMIT = 1_000_000;

    static final String SECRET = "dGVzdC1obWFjLXNlY3JldC1mb3ItaW50ZWdyYXRpb24=";
    static final String PREVIOUS = "cHJldmlvdXM=";
    static final GatewaySignature SIGNATURE = GatewaySignature.of(SECRET);
    static final String SIGNED = "X-Broker-Signature: ";
    static final String BROADCAST = "POST /channel/c1/broadcast";
    static final String[] TOKENS = {
        "X-Broker-Channel-Token: ct", "X-Broker-Producer-ID: p1", "X-Broker-Producer-Token: pt"
    };

    TestNode node;
    RawClient client;

    void startNode() throws Exception {
        node = node("mode: hmac\nhmacSharedSecret: " + SECRET + "\nhmacPreviousSecret: " + PREVIOUS);
        client = new RawClient(node.port());
    }

    TestNode node(String yaml) throws IOException, ConfigurationException {
        GatewayAuthFactory gateway = GatewayAuthFactoryTest.read(yaml);
        return new TestNode(mariaDb().database(), settings -> {
                    settings.intake.maxPayload = DataSize.bytes(LIMIT);
                    settings.intake.maxBytesInMemory = DataSize.bytes(4 * LIMIT);
                    settings.gatewayAuth = gateway;
                })
                .started();
    }

    void mustReserveNothing() {
        await().until(() -> node.intake.budget().used() == 0);
    }

    Answer send(String line, String body, String... headers) {
        String[] all = new String[TOKENS.length + headers.length];
        System.arraycopy(TOKENS, 0, all, 0, TOKENS.length);
        System.arraycopy(headers, 0, all, TOKENS.length, headers.length);
        return client.send(line, body, all);
    }

    static void send(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    static String signed(String body) {
        return signed(SECRET, body);
    }

    static String signed(String secret, String body) {
        return SIGNED
                + GatewaySignature.of(secret).header(TestNode.CLOCK.instant(), body.getBytes(StandardCharsets.UTF_8));
    }
}
