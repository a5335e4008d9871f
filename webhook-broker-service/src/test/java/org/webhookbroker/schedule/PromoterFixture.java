package org.webhookbroker.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.message.Admission;
import org.webhookbroker.message.BroadcastResult;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.QueueEverything;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Sql;

/** Nodes that accept and promote scheduled messages, and looks at what became of these. */
abstract class PromoterFixture {
    abstract MariaDbExtension mariaDb();

    static final Instant FAR = Instant.parse("2035-01-01T00:00:00Z");

    final List<ScheduleNode> nodes = new ArrayList<>();
    Database database;
    Sql sql;
    Registrar registrar;
    Xid channel;

    @BeforeEach
    void register() {
        database = mariaDb().database();
        sql = mariaDb().sql();
        registrar = new Registrar(database);
        registrar.producer("p");
        channel = registrar.channel("c");
        registrar.push(channel, "k", "http://127.0.0.1/");
    }

    @AfterEach
    void close() {
        nodes.forEach(ScheduleNode::close);
    }

    ScheduleNode node(Admission admission) {
        ScheduleNode node = new ScheduleNode(database, admission);
        nodes.add(node);
        return node;
    }

    ScheduleNode node() {
        return node(new QueueEverything());
    }

    void accept(ScheduleNode node, String... ids) {
        for (String id : ids) {
            assertThat(node.submit(id, FAR).join()).isEqualTo(BroadcastResult.ACCEPTED);
        }
    }

    void makeAllDue() {
        sql.execute("UPDATE scheduled_due SET due_at = UTC_TIMESTAMP(6)");
    }

    List<String> messages() {
        return database.withHandle(handle -> handle.createQuery("SELECT public_id FROM message")
                .mapTo(String.class)
                .list());
    }

    /** Counters, records and what waits agree (G2). */
    void assertBooks(long accepted, long dispatched, long duplicates, long cancelled) {
        ScheduleTallyStore.Totals totals =
                new ScheduledReads(database).standing(channel).totals();
        if (dispatched > 0 || cancelled > 0) {
            assertThat(totals)
                    .isEqualTo(new ScheduleTallyStore.Totals(accepted, dispatched, duplicates, cancelled, 0, 0));
            assertThat(sql.count("scheduled_due")).isEqualTo(totals.waiting());
        }
        assertThat(totals.accepted()).isEqualTo(accepted);
        assertThat(sql.longOf("SELECT COALESCE(SUM(accepted), 0) FROM tally JOIN channel ON channel.id = owner_id"))
                .isEqualTo(sql.count("message"));
    }
}
