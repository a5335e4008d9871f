package org.webhookbroker.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.TestPools;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.DatabaseLine;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.SettableClock;
import org.webhookbroker.testing.TestPool;
import org.webhookbroker.testing.Together;

/** Which keys hold, on nodes that share a database. */
class KeyRingTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final long SECOND = 1_000_000_000;

    private final SettableClock clock = new SettableClock();
    private final AtomicLong ahead = new AtomicLong();
    private final Keys keys = new Keys(mariaDb.database(), new XidGenerator(clock), clock);

    private Keys.Made make(String... more) {
        Map<String, String> given = new HashMap<>(Map.of("role", "admin", "name", "ops"));
        for (int i = 0; i < more.length; i += 2) {
            given.put(more[i], more[i + 1]);
        }
        return keys.add(NewKey.of(given), Auditing.TEST);
    }

    /** Of a node whose watch stands still: its view is as old as the test says. */
    private KeyRing stalled(Database database) {
        return ring(database, () -> System.nanoTime() + ahead.get());
    }

    private KeyRing ring(Database database, LongSupplier nanos) {
        KeyStore store = new KeyStore(database);
        return new KeyRing(store, new LastUses(store), clock, nanos);
    }

    private Auth node() {
        AuthFactory settings = new AuthFactory();
        settings.mode = "keys";
        Auth node = settings.build(mariaDb.database(), clock, new PrometheusRegistry())
                .orElseThrow();
        node.start();
        return node;
    }

    @Test
    void onceItIsSaidAKeyHoldsOnAllNodesAndOnceItIsSaidOnNone() throws Exception {
        Auth a = node();
        Auth b = node();
        KeyRing c = stalled(mariaDb.database());
        try {
            Keys.Made made = make();
            for (KeyRing ring : List.of(a.keys(), b.keys(), c)) {
                assertThat(ring.find(made.text())).contains(made.key());
            }

            keys.revoke(made.key().id(), Auditing.TEST);
            for (KeyRing ring : List.of(a.keys(), b.keys(), c)) {
                assertThat(ring.find(made.text())).isEmpty();
            }
        } finally {
            a.stop();
            b.stop();
        }
    }

    @Test
    void theWatchAloneNotices() throws Exception {
        Auth node = node();
        try {
            Keys.Made made = make();
            assertThat(node.keys().find(made.text())).isPresent();
            mariaDb.sql().execute("DELETE FROM api_key");
            mariaDb.sql().execute("UPDATE api_key_version SET version = version + 1");
            await().until(() -> node.keys().find(made.text()).isEmpty());
        } finally {
            node.stop();
        }
    }

    @Test
    void aKeyEndsByTheClock() {
        Keys.Made made = make("ends", Instant.now().plusSeconds(3600).toString());
        KeyRing ring = stalled(mariaDb.database());
        assertThat(ring.find(made.text())).isPresent();
        clock.jump(Duration.ofSeconds(3601));
        assertThat(ring.find(made.text())).isEmpty();
        clock.jump(Duration.ZERO);
        assertThat(ring.find(made.text())).isPresent();
    }

    @Test
    void nothingButTheTextItselfIsTheKey() {
        String text = make().text();
        assertThat(text).matches("whb_[A-Za-z0-9_-]{43}");
        KeyRing ring = stalled(mariaDb.database());
        assertThat(ring.find(text)).isPresent();
        assertThat(List.of(
                        text.toUpperCase(Locale.ROOT),
                        text.toLowerCase(Locale.ROOT),
                        text.substring(4),
                        text + "=",
                        " " + text,
                        text + "\0",
                        text.substring(0, text.length() - 1),
                        mariaDb.sql().textOf("SELECT LOWER(HEX(hash)) FROM api_key"),
                        ""))
                .allSatisfy(other -> assertThat(ring.find(other)).isEmpty());
    }

    /** However many keys somebody invents, the database is not asked: this one would not answer. */
    @Test
    void anUnknownKeyCostsNoRead() {
        try (DatabaseLine line = DatabaseLine.to(mariaDb)) {
            TestPool pool = pool(line);
            String text = make().text();
            KeyRing ring = ring(pool.database(), () -> 0); // Its view is fresh, however slow the machine is.
            line.cut();
            for (int i = 0; i < 1000; i++) {
                assertThat(ring.find("whb_" + i)).isEmpty();
            }
            assertThat(ring.find(text)).isPresent();
            pool.close();
        }
    }

    @Test
    void withoutTheDatabaseAllKeysAreRefusedAfterASecond() {
        try (DatabaseLine line = DatabaseLine.to(mariaDb)) {
            TestPool pool = pool(line);
            String text = make().text();
            KeyRing ring = stalled(pool.database());
            line.cut();
            ahead.addAndGet(SECOND);
            assertThatThrownBy(() -> ring.find(text)).isInstanceOf(KeysUnavailableException.class);
            assertThatThrownBy(() -> ring.find("whb_unknown")).isInstanceOf(KeysUnavailableException.class);

            line.mend();
            await().ignoreExceptionsInstanceOf(KeysUnavailableException.class)
                    .until(() -> ring.find(text).isPresent());
            pool.close();
        }
    }

    /** Sixteen may wait, for half a second; the others go on at once, so that a server of 64 threads still serves. */
    @Test
    void aDatabaseThatHangsHoldsFewThreads() throws Exception {
        try (DatabaseLine line = DatabaseLine.to(mariaDb)) {
            TestPool pool = pool(line);
            String text = make().text();
            KeyRing ring = stalled(pool.database());
            line.slowDown(Duration.ofSeconds(3));
            ahead.addAndGet(SECOND);
            Callable<Duration> request = () -> {
                long began = System.nanoTime();
                assertThatThrownBy(() -> ring.find(text)).isInstanceOf(KeysUnavailableException.class);
                return Duration.ofNanos(System.nanoTime() - began);
            };
            List<Duration> took = Together.run(Collections.nCopies(60, request));
            // 44, but the machine may be slow.
            assertThat(took).filteredOn(each -> each.toMillis() < 450).hasSizeGreaterThanOrEqualTo(20);
            line.mend();
            pool.close();
        }
    }

    @Test
    void aKeyOfARoleOfANewerReleaseIsLeftOut() {
        Keys.Made future = make("name", "future");
        Keys.Made known = make();
        mariaDb.sql().execute("UPDATE api_key SET role = 'oversee' WHERE name = 'future'");
        KeyRing ring = stalled(mariaDb.database());
        assertThat(ring.find(future.text())).isEmpty();
        assertThat(ring.find(known.text())).isPresent();
    }

    @Test
    void thereIsABound() {
        mariaDb.sql().execute("""
                INSERT INTO api_key (id, name, role, channels, producer, hash, hint, created_at)
                SELECT LPAD(seq, 12, '0'), 'n', 'read', '*', '', UNHEX(SHA2(CONCAT('k', seq), 256)), 'abcd', NOW(6)
                FROM seq_1_to_9999
                """);
        String last = make().text();
        assertThatThrownBy(this::make)
                .isInstanceOf(KeyRefusedException.class)
                .hasMessage(
                        "There are 10000 keys, as many as there may be: revoke some that have ended or that nobody uses");
        KeyRing ring = stalled(mariaDb.database());
        assertThat(ring.find(last)).isPresent();
        assertThat(ring.find("k9999")).map(ApiKey::role).contains(Role.READ);

        keys.revoke(Xid.of("000000000017".getBytes(StandardCharsets.US_ASCII)), Auditing.TEST);
        assertThat(make().text()).isNotEmpty();
        assertThat(ring.find("k17")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELETE FROM api_key_version", "RENAME TABLE api_key_version TO api_key_version_away"})
    void withoutItsVersionNoKeyHolds(String damage) {
        String text = make().text();
        KeyRing ring = stalled(mariaDb.database());
        mariaDb.sql().execute(damage);
        try {
            ahead.addAndGet(SECOND);
            assertThatThrownBy(() -> ring.find(text)).isInstanceOf(KeysUnavailableException.class);
        } finally {
            mariaDb.sql().execute("RENAME TABLE IF EXISTS api_key_version_away TO api_key_version");
            mariaDb.sql().execute("INSERT IGNORE INTO api_key_version VALUES (1, 1)");
        }
    }

    /** As a copy of an older state of the database would do. */
    @Test
    void aVersionThatGoesBackIsNoticed() {
        String text = make().text();
        KeyRing ring = stalled(mariaDb.database());
        mariaDb.sql().execute("DELETE FROM api_key");
        mariaDb.sql().execute("UPDATE api_key_version SET version = version - 1");
        ring.refresh();
        assertThat(ring.find(text)).isEmpty();
    }

    @Test
    void noTextOfAKeyIsKeptOrShown() {
        Keys.Made made = make("name", "ci");
        KeyRing ring = stalled(mariaDb.database());
        StoredKey stored = keys.list().get(0);
        assertThat(List.of(made, made.key(), stored, ring.find(made.text()), stored.key())
                        .toString())
                .contains("(ci)")
                .doesNotContain(made.text(), stored.hash());
        String row = mariaDb.sql()
                .textOf("SELECT CONCAT_WS(' ', name, role, channels, producer, HEX(hash), hint) FROM api_key");
        assertThat(row).doesNotContain(made.text()).endsWith(" " + made.text().substring(43));
    }

    private static TestPool pool(DatabaseLine line) {
        return TestPool.open(TestPools.of(line.jdbcUrl(), mariaDb.user(), mariaDb.password(), 4));
    }
}
