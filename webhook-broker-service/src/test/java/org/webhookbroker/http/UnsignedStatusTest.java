package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.RawClient;
import org.webhookbroker.testing.Registrar;

/** Contract 8.1 and 13.3: {@code /_status} needs no signature, but what is secret in a callback URL does. */
final class UnsignedStatusTest extends GatewayFixture {
    private static final String PATH = "/services/T1/B2/secret";
    private static final String ALL = "\"Host\":\"hooks.test:81\",\"Path\":\"" + PATH
            + "\",\"RawPath\":\"\",\"OmitHost\":false,\"ForceQuery\":false,\"RawQuery\":\"key=hidden\",\"Fragment\":\"f\"";
    private static final String PLACE =
            "\"CallbackURL\":{\"Scheme\":\"https\",\"Opaque\":\"\",\"User\":{},\"Host\":\"hooks.test:81\""
                    + ",\"Path\":\"\",\"RawPath\":\"\",\"OmitHost\":false,\"ForceQuery\":false,\"RawQuery\":\"\",\"Fragment\":\"\",\"RawFragment\":\"\"}";

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Override
    MariaDbExtension mariaDb() {
        return mariaDb;
    }

    @BeforeEach
    void start() throws Exception {
        startNode();
        Registrar registrar = new Registrar(mariaDb.database());
        registrar.push(registrar.channel("hooks"), "k", "https://user:pass@hooks.test:81" + PATH + "?key=hidden#f");
        registrar.push(registrar.channel("mails"), "k", "mailto:secret@hidden.test");
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void withoutASignatureThePlaceIsShown() {
        Answer answer = client.get("/_status");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains(PLACE, "\"AppStatus\":").doesNotContain("secret", "hidden", "pass");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "t=1,v1=00", "t=1795558800,v1=00", ""})
    void aWrongSignatureIsNone(String header) {
        Answer answer = client.get("/_status", SIGNED + header);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains(PLACE).doesNotContain("secret", "hidden");
    }

    @Test
    void withASignatureAllIsShown() {
        assertThat(client.get("/_status", signed("")).body()).contains(ALL);
        assertThat(client.get("/_status", signed(PREVIOUS, "")).body()).contains(ALL);
    }

    /** Or a body that was signed once would serve for this. */
    @Test
    void aSignatureOfSomeBodyIsNone() {
        assertThat(client.send("GET /_status", "x", signed("x")).body()).contains(PLACE);
    }

    @Test
    void whereNothingIsSignedAllIsShown() throws Exception {
        try (TestNode open = node("mode: none")) {
            assertThat(new RawClient(open.port()).get("/_status").body()).contains(ALL);
        }
    }
}
