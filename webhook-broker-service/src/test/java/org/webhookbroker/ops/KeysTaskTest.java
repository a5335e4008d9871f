package org.webhookbroker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.testing.MariaDbExtension;

class KeysTaskTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static OpsServer server;

    @BeforeAll
    static void start() throws Exception {
        server = OpsServer.start(mariaDb.database(), new BackgroundLoop("idle", Duration.ofMinutes(1), () -> false));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String keys(String... parameters) throws Exception {
        OpsServer.Answer answer = server.task("keys", parameters);
        assertThat(answer.status()).isEqualTo(200);
        return answer.text();
    }

    @Test
    void aKeyIsShownOnceListedAndRevoked() throws Exception {
        assertThat(keys("do", "list")).isEqualTo("0 keys\n");
        Instant end = Instant.now().plus(365, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
        String made = keys(
                "do",
                "add",
                "role",
                "broadcast",
                "name",
                "shop's",
                "channel",
                "orders-*",
                "producer",
                "shop",
                "ends",
                end.toString().replace("Z", "+00:00"));
        assertThat(made).matches("""
                whb_[A-Za-z0-9_-]{43}
                This is the broadcast key [0-9a-v]{20} \\(shop's\\)\\. Keep it: it is not shown again
                """);
        String text = made.substring(0, 47);
        String id = made.replaceFirst("(?s).* key (\\w{20}) .*", "$1");

        assertThat(keys("do", "list"))
                .matches(id + " broadcast orders-\\* as shop, \\.\\.\\." + text.substring(43) + ", made \\S+Z, ends "
                        + end + ", not used yet: shop's\n1 key\n")
                .doesNotContain(text);

        assertThat(keys("do", "revoke", "id", id))
                .isEqualTo("Key " + id + " is revoked, on all nodes\nNo key of the role admin is left\n");
        assertThat(server.task("keys", "do", "revoke", "id", id))
                .isEqualTo(new OpsServer.Answer(400, "There is no key " + id + ": list shows which there are\n"));
    }

    @Test
    void whoMayStillDoEverythingIsWatched() throws Exception {
        String ended = keys("do", "add", "role", "admin", "name", "a", "ends", "2999-01-01T00:00:00Z");
        String kept = keys("do", "add", "role", "admin", "name", "b");
        assertThat(keys("do", "revoke", "id", id(ended))).doesNotContain("is left");
        assertThat(keys("do", "list")).contains(" admin *, ", "without an end");
        mariaDb.sql().execute("UPDATE api_key SET ends_at = '2020-01-01 12:00:00'");
        assertThat(keys("do", "list")).contains("ended 2020-01-01T12:00:00Z");
        keys("do", "add", "role", "operate", "name", "c");
        assertThat(keys("do", "revoke", "id", id(kept))).contains("No key of the role admin is left");
    }

    private static String id(String made) {
        return made.replaceFirst("(?s).* key (\\w{20}) .*", "$1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    name=a                                | do: use add, list or revoke
                    do=Add                                | do: use add, list or revoke
                    do=add&name=a                         | role: is missing
                    do=add&role=admin                     | name: is missing
                    do=add&role=ADMIN&name=a              | role: "ADMIN" is none; use admin, operate, read, register, broadcast, consume
                    do=add&role=read&name=a&channel=x     | channel: a key of the role read is for all
                    do=add&role=admin&name=a&channel=*    | channel: a key of the role admin is for all
                    do=add&role=consume&name=a&channel=*x | channel: write an id, or the beginning of ids with * behind it
                    do=add&role=consume&name=a&producer=p | producer: is for the role broadcast alone
                    do=add&role=read&name=a&ends=tomorrow | ends: write a time with its zone
                    do=add&role=read&name=a&ends=2020-01-01T00:00:00Z | ends: is past
                    do=add&role=read&name=a&ends=+99999-01-01T00:00:00Z | ends: is too far away
                    do=add&role=read&name=a%0ab           | name: use 1 to 255 characters, and no control characters
                    do=add&role=read&name=a&name=b        | give it once
                    do=add&role=read&name=a&id=b          | id: is not for add
                    do=add&role=read&name=a&rolle=b       | "rolle" is unknown here
                    do=list&role=admin                    | role: is not for list
                    do=revoke                             | id: is the one that list shows
                    do=revoke&id=all                      | id: is the one that list shows
                    do=revoke&name=a                      | name: is not for revoke
                    """)
    void whatItCannotDoItSays(String query, String refusal) throws Exception {
        String[] pairs = query.split("[&=]", -1);
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = pairs[i].replace("%0a", "\n");
        }
        OpsServer.Answer answer = server.task("keys", pairs);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).contains(refusal);
        assertThat(mariaDb.sql().count("api_key")).isZero();
    }

    @Test
    void aLongNameIsRefusedByItsLetters() throws Exception {
        assertThat(server.task("keys", "do", "add", "role", "read", "name", "€".repeat(256))
                        .status())
                .isEqualTo(400);
        keys("do", "add", "role", "read", "name", "€".repeat(255));
        keys("do", "add", "role", "register", "name", "n", "channel", "€".repeat(254) + "*");
    }
}
