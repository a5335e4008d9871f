package org.webhookbroker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;
import org.webhookbroker.testing.Sql;

/** How old the oldest undelivered job of each consumer is, which tells of a consumer that is down or slow. */
class OldestUndeliveredJobTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final Sql sql = mariaDb.sql();
    private Database database;
    private Xid channel;
    private Xid push;
    private Xid pull;
    private GaugeRefresh refresh;

    @BeforeEach
    void setUp() {
        database = mariaDb.database();
        Registrar registrar = new Registrar(database);
        channel = registrar.channel("orders");
        push = registrar.push(channel, "billing", "http://127.0.0.1/");
        pull = registrar.pull(channel, "reports");
        refresh = new GaugeRefresh(database, new Registry(database), consumer -> false, () -> 0);
    }

    /** A retry puts the time off at which a job is due, and a lane holds it: neither makes it younger. */
    @Test
    void itsAgeIsThatOfTheJobWhereverItIs() {
        new Seed(database).queued(channel, push, 3);
        new Seed(database).queued(channel, pull, 3);
        age("3600");
        sql.execute("UPDATE job SET due_at = UTC_TIMESTAMP(6) + INTERVAL 30 SECOND, retry = 1, attempts = 2");
        assertAges(Map.of(push, 3600L, pull, 3600L));

        sql.execute("UPDATE job SET holder = 7");
        assertAges(Map.of(push, 3600L, pull, 3600L));

        sql.execute("DELETE FROM job WHERE consumer_id = (SELECT id FROM consumer WHERE public_id = 'reports')");
        assertAges(Map.of(push, 3600L, pull, 0L));
    }

    /** Of many it is one that has been due for about as long: to look at each would cost too much. */
    @Test
    void ofManyJobsItIsOneThatHasBeenDueForAsLong() {
        new Seed(database).queued(channel, push, 1500);
        sql.execute("UPDATE job SET due_at = UTC_TIMESTAMP(6) - INTERVAL 2 HOUR LIMIT 700");
        sql.execute("UPDATE job SET holder = 7 WHERE due_at < UTC_TIMESTAMP(6) - INTERVAL 1 HOUR");

        assertAges(Map.of(push, 7200L));
    }

    /** Moves the time into the ids, which begin with it. */
    private void age(String seconds) {
        sql.execute("UPDATE job SET id = CONCAT(UNHEX(LPAD(HEX(CONV(HEX(LEFT(id, 4)), 16, 10) - " + seconds
                + "), 8, '0')), RIGHT(id, 8))");
    }

    private void assertAges(Map<Xid, Long> expected) {
        refresh.runOnce();
        Map<Xid, Long> seen = new HashMap<>();
        refresh.backlogs()
                .consumers()
                .forEach(each -> seen.put(each.consumer().id(), each.oldest().toSeconds()));
        assertThat(seen.keySet()).containsAll(expected.keySet());
        expected.forEach((consumer, age) -> assertThat(seen.get(consumer))
                .isBetween(age, age == 0 ? 0 : age + Duration.ofMinutes(10).toSeconds()));
    }
}
