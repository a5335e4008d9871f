package org.webhookbroker.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.auth.KeyDesk;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Outage;

/** Who made and who revoked a key, and never its text. */
@Tag("slow")
class AuditKeysTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private AuditFixture audit;

    @BeforeEach
    void start() {
        audit = new AuditFixture(LocalBroker.start(mariaDb));
    }

    @AfterEach
    void stop() {
        audit.close();
    }

    private void assertNewestOfKeys(String action, String id, String before, String after) {
        JsonNode entry = audit.entries("?kind=key").get(0);
        assertThat(List.of(
                        entry.get("action").asText(),
                        entry.get("target").asText(),
                        entry.get("actor").asText()))
                .containsExactly(action, id, "127.0.0.1");
        assertThat(entry.path("before").toString()).isEqualTo(before);
        assertThat(entry.path("after").toString()).isEqualTo(after);
    }

    @Test
    void aKeyFromItsBeginningToItsEnd() {
        String answer = audit.task(
                        "keys?do=add&role=broadcast&name=shop&channel=orders*&producer=p&ends=2999-01-01T00:00:00Z")
                .body();
        String text = answer.lines().findFirst().orElseThrow();
        String id = mariaDb.database()
                .withHandle(handle -> handle.createQuery("SELECT id FROM api_key")
                        .mapTo(Xid.class)
                        .one())
                .toString();
        String values =
                "{\"name\":\"shop\",\"role\":\"broadcast\",\"channels\":\"orders*\",\"producer\":\"p\",\"endsAt\":\"2999-01-01T00:00:00Z\"}";
        assertNewestOfKeys("add-key", id, "", values);
        audit.task("keys?do=revoke&id=" + id);
        assertNewestOfKeys("revoke-key", id, values, "");
        audit.task("keys?do=revoke&id=" + id);
        audit.task("keys?do=list");
        assertThat(audit.entries("?kind=key")).hasSize(2);
        assertThat(audit.entries("?action=task")).hasSize(4);
        assertThat(audit.get("").body() + audit.lines()).doesNotContain(text, text.substring(text.length() - 20));
    }

    /** On both ports; and not everybody may read what others did. */
    @Test
    void whoHasAKeyIsNamedByIt() {
        audit.close();
        String register = key("register");
        String read = key("read");
        String operate = key("operate");
        audit = new AuditFixture(LocalBroker.start(mariaDb, "auth.mode=keys"));
        audit.api.put("/channel/c", "token=ct", "Authorization: Bearer " + register);
        assertThat(admin("POST /tasks/incarnations", operate).status()).isEqualTo(200);
        assertThat(admin("GET /audit", read).status()).isEqualTo(403);
        assertThat(audit.get("").status()).isEqualTo(401);
        assertThat(audit.task("gc").status()).isEqualTo(401);
        for (int i = 0; i < 20; i++) {
            assertThat(admin("POST /tasks/gc?runs=1", read).status()).isEqualTo(403);
        }

        Answer answer = admin("GET /audit", operate);
        assertThat(answer.status()).isEqualTo(200);
        List<JsonNode> entries = new ArrayList<>();
        AuditFixture.json(answer.body()).get("entries").forEach(entries::add);
        assertThat(entries)
                .extracting(entry ->
                        entry.get("action").asText() + " " + entry.path("name").asText() + " "
                                + entry.get("origin").asText())
                .containsExactly(
                        "task read key 127.0.0.1",
                        "task operate key 127.0.0.1",
                        "put register key 127.0.0.1",
                        "add-key  test",
                        "add-key  test",
                        "add-key  test");
        assertThat(entries.get(0).get("target").asText()).isEqualTo("gc");
        assertThat(entries.get(0).get("outcome").asText()).isEqualTo("refused");
        assertThat(audit.lines()).last().isEqualTo(entries.get(0));
        assertThat(entries.get(2).get("actor").asText())
                .isEqualTo(entries.get(5).get("target").asText());
        assertThat(mariaDb.sql().textOf("SELECT GROUP_CONCAT(share ORDER BY id) FROM audit"))
                .isEqualTo("0,0,0,1,0,2");
        assertThat(answer.body() + audit.lines()).doesNotContain(register, read, operate);
    }

    private static String key(String role) {
        InstantSource clock = InstantSource.system();
        List<String> made = new ArrayList<>();
        new KeyDesk(mariaDb.database(), new XidGenerator(clock), clock)
                .run(Map.of("do", "add", "role", role, "name", role + " key"), Auditing.TEST, made::add, remark -> {});
        return made.get(0);
    }

    private Answer admin(String line, String key) {
        return audit.admin.raw(line
                + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\nAuthorization: Bearer "
                + key + "\r\n\r\n");
    }

    /** The table may be locked at first, or the database away. */
    @Test
    void aTaskWhoseEntryIsWrittenAtItsEndHasItsLineToo() {
        mariaDb.sql().execute("""
                CREATE TRIGGER no_beginning BEFORE INSERT ON audit FOR EACH ROW
                IF NEW.outcome = 'begun' THEN SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = 'full'; END IF
                """);
        try {
            audit.task("incarnations");
            // The answer may be there before.
            await().until(() -> mariaDb.sql().count("audit") == 1);
            await().untilAsserted(() -> assertThat(audit.lines()).containsExactly(audit.newest()));
        } finally {
            mariaDb.sql().execute("DROP TRIGGER no_beginning");
        }
    }

    @Test
    void aKeyThatCannotBeRecordedIsNotMade() {
        Outage full = mariaDb.fill("INSERT", List.of("audit"));
        try {
            assertThat(audit.task("keys?do=add&role=admin&name=ops").status()).isEqualTo(500);
        } finally {
            full.close();
        }
        assertThat(mariaDb.sql().count("api_key")).isZero();
    }
}
