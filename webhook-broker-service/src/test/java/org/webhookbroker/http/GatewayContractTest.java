package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.RawClient;

/** Contract 13.2 and 13.3, row by row, on a clock that stands still. One node for all rows: none changes what the next one finds. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
final class GatewayContractTest extends GatewayFixture {
    @RegisterExtension
    static final MariaDbExtension mariaDb = MariaDbExtension.oncePerClass();

    @Override
    MariaDbExtension mariaDb() {
        return mariaDb;
    }

    @BeforeAll
    void start() throws Exception {
        startNode();
    }

    @AfterEach
    void settle() {
        mustReserveNothing();
    }

    @AfterAll
    void stop() {
        node.close();
    }

    /** 2026-11-24T22:20:00Z, where the clock of {@link TestNode} stands. */
    private static final long NOW = 1_795_558_800;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            -                           | 401 | missing X-Broker-Signature header
            ""                          | 401 | missing X-Broker-Signature header
            nonsense                    | 401 | malformed X-Broker-Signature header
            t=NOW                       | 401 | malformed X-Broker-Signature header
            v1=HEX                      | 401 | malformed X-Broker-Signature header
            t=NOW;v1=HEX                | 401 | malformed X-Broker-Signature header
            t=NOW,v1=HEX,               | 401 | malformed X-Broker-Signature header
            t=NOW,v1=HEX,v1=HEX         | 401 | malformed X-Broker-Signature header
            t=NOW,t=NOW                 | 401 | malformed X-Broker-Signature header
            v1=HEX,v1=HEX               | 401 | malformed X-Broker-Signature header
            t=NOW,v2=HEX                | 401 | malformed X-Broker-Signature header
            T=NOW,v1=HEX                | 401 | malformed X-Broker-Signature header
            t=NOW,V1=HEX                | 401 | malformed X-Broker-Signature header
            t= NOW,v1=HEX               | 401 | malformed X-Broker-Signature header
            t=,v1=HEX                   | 401 | malformed X-Broker-Signature header
            t=1e9,v1=HEX                | 401 | malformed X-Broker-Signature header
            t=9223372036854775808,v1=HEX | 401 | malformed X-Broker-Signature header
            t=9223372036854775807,v1=HEX | 403 | request timestamp outside tolerance window
            t=-9223372036854775808,v1=HEX | 403 | request timestamp outside tolerance window
            t=EARLY,v1=HEX              | 403 | request timestamp outside tolerance window
            t=LATE,v1=HEX               | 403 | request timestamp outside tolerance window
            t=NOW,v1=                   | 403 | invalid signature
            t=NOW,v1=0f69               | 403 | invalid signature
            t=NOW,v1=UPPER              | 403 | invalid signature
            t=NOW,v1=OTHER              | 403 | invalid signature
            """)
    void refusals(String header, int status, String body) {
        String hex = hex(NOW, "hi");
        String value = header.replace("HEX", hex)
                .replace("UPPER", hex.toUpperCase(Locale.ROOT))
                .replace("OTHER", hex(NOW, "ho"))
                .replace("NOW", Long.toString(NOW))
                .replace("EARLY", Long.toString(NOW - 301))
                .replace("LATE", Long.toString(NOW + 301));
        for (String line :
                List.of(BROADCAST, "GET /nothing", "BREW /producers", "DELETE /producers", "GET /Producers/")) {
            Answer answer = header.equals("-") ? send(line, "hi") : send(line, "hi", SIGNED + value);
            assertThat(answer.body()).as(line).isEqualTo(body);
            assertThat(answer.status()).as(line).isEqualTo(status);
            assertThat(answer.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
            assertThat(answer.header("X-Request-ID")).isNotEmpty();
            assertThat(answer.headers()).doesNotContainKey("WWW-Authenticate");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            t=NOW,v1=HEX            | 0
            v1=HEX,t=NOW            | 0
            t=NOW , v1=HEX          | 0
            t=+NOW,v1=HEX           | 0
            t=000NOW,v1=HEX         | 0
            t=NOW,v1=HEX            | 300
            t=NOW,v1=HEX            | -300
            """)
    void whatIsSignedPasses(String header, int offset) {
        long time = NOW + offset;
        String value = header.replace("HEX", hex(time, "hi")).replace("NOW", Long.toString(time));
        assertThat(send(BROADCAST, "hi", "x-broker-SIGNATURE: " + value).status())
                .isEqualTo(201);
    }

    @Test
    void theFirstOfRepeatedHeadersCounts() {
        assertThat(send(BROADCAST, "hi", SIGNED + "x", signed("hi")).status()).isEqualTo(401);
        assertThat(send(BROADCAST, "hi", SIGNED, signed("hi")).body()).startsWith("missing");
        assertThat(send(BROADCAST, "hi", signed("hi"), SIGNED + "x").status()).isEqualTo(201);
    }

    /** The usual checks still apply, in their order. */
    @Test
    void aSignatureIsNoToken() {
        assertThat(client.send(BROADCAST, "hi", signed("hi")).body()).isEqualTo("channel token does not match");
        assertThat(send("GET /nothing", "", signed("")).body()).isEqualTo("404 page not found\n");
        assertThat(send("DELETE /dlq-status", "", signed("")).status()).isEqualTo(405);
        assertThat(send("GET /dlq-status", "", signed("")).status()).isEqualTo(200);
        assertThat(send("HEAD /dlq-status", "", signed("")).status()).isEqualTo(200);
        assertThat(send("GET /dlq-status", "").status()).isEqualTo(401);
        assertThat(send("GET /job-status", "").status()).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /_status               | 200
            /%5Fstatus             | 200
            /_statusfoo            | 404
            /metrics               | 404
            /metricsfoo/x          | 404
            /debug/pprof/heap      | 404
            /debug/pprof           | 401
            /x/_status             | 401
            //_status              | 401
            /_STATUS               | 401
            /_status/../dlq-status | 301
            """)
    void exemptPathsAreCheckedByTheirBeginning(String path, int status) {
        assertThat(send("GET " + path, "").status()).isEqualTo(status);
    }

    @Test
    void otherPathsCanBeExemptOrNone() throws Exception {
        try (TestNode none = node("{mode: hmac, hmacSharedSecret: QQ==, authExemptPaths: [' ', '']}");
                TestNode other = node("{mode: hmac, hmacSharedSecret: QQ==, authExemptPaths: [' /dlq ']}")) {
            assertThat(new RawClient(none.port()).get("/_status").status()).isEqualTo(401);
            assertThat(new RawClient(other.port()).get("/_status").status()).isEqualTo(401);
            assertThat(new RawClient(other.port()).get("/dlq-status").status()).isEqualTo(200);
        }
    }

    @Test
    void theAdminPortIsNotCovered() {
        assertThat(new RawClient(node.adminPort()).get("/ping").status()).isEqualTo(200);
    }

    @Test
    void aPreviousSecretIsAcceptedAndAForeignOneIsNot() {
        assertThat(send(BROADCAST, "hi", signed(PREVIOUS, "hi")).status()).isEqualTo(201);
        assertThat(send(BROADCAST, "hi", signed("Zm9yZWlnbg==", "hi")).status()).isEqualTo(403);
    }

    private static String hex(long time, String body) {
        String header = SIGNATURE.header(Instant.ofEpochSecond(time), body.getBytes(StandardCharsets.UTF_8));
        return header.substring(header.indexOf("v1=") + 3);
    }
}
