package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.auth.KeyDesk;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;

/** Keys as operators and clients meet them: made and revoked at one node, shown at the other, over HTTP. */
@Tag("slow")
class KeysOnTwoNodesTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = MariaDbExtension.oncePerClass();

    private static LocalBroker a;
    private static LocalBroker b;
    private static String admin;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        InstantSource clock = InstantSource.system();
        List<String> printed = new ArrayList<>();
        new KeyDesk(mariaDb.database(), new XidGenerator(clock), clock)
                .run(Map.of("do", "add", "role", "admin", "name", "ops"), Auditing.TEST, printed::add, remark -> {});
        admin = printed.get(0);
        a = LocalBroker.start(mariaDb, "auth.mode=keys");
        b = LocalBroker.start(mariaDb, "auth.mode=keys");
    }

    @AfterAll
    static void stop() {
        b.close();
        a.close();
    }

    private HttpResponse<String> send(String method, int port, String path, String key) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .header("Authorization", "Bearer " + key)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String keys(String query) throws Exception {
        HttpResponse<String> answer = send("POST", a.adminPort(), "/tasks/keys?" + query, admin);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private int channels(LocalBroker broker, String key) throws Exception {
        return send("GET", broker.port(), "/channels", key).statusCode();
    }

    @Test
    void onceTheTaskHasAnsweredBothNodesActByIt() throws Exception {
        for (int i = 0; i < 5; i++) {
            String made = keys("do=add&role=read&name=r");
            String key = made.lines().findFirst().orElseThrow();
            String id = made.replaceFirst("(?s).* key (\\w{20}) .*", "$1");
            assertThat(channels(b, key)).isEqualTo(200);
            assertThat(channels(a, key)).isEqualTo(200);
            assertThat(send("POST", b.adminPort(), "/tasks/keys?do=list", key).statusCode())
                    .isEqualTo(403);

            keys("do=revoke&id=" + id);
            assertThat(channels(b, key)).isEqualTo(401);
            assertThat(channels(a, key)).isEqualTo(401);
        }
    }

    /** As behind a proxy, where all come from one address. */
    @Test
    void whatOthersTryDoesNotShutARightKeyOut() throws Exception {
        HttpResponse<String> last = send("GET", b.port(), "/channels", "whb_wrong");
        for (int i = 0; i < 40; i++) {
            last = send("GET", b.port(), "/channels", "whb_wrong" + i);
        }
        assertThat(last.statusCode()).isEqualTo(429);
        assertThat(last.headers().firstValueAsLong("Retry-After").orElseThrow()).isBetween(30L, 60L);
        assertThat(send("POST", b.adminPort(), "/tasks/keys?do=list", "whb_wrong")
                        .statusCode())
                .isEqualTo(429);
        assertThat(channels(b, admin)).isEqualTo(200);
        assertThat(send("POST", b.adminPort(), "/tasks/keys?do=list", admin).statusCode())
                .isEqualTo(200);
        assertThat(send("GET", b.adminPort(), "/prometheus", admin).body())
                .containsPattern("webhook_broker_auth_failures_total 4\\d\\.0");
    }
}
