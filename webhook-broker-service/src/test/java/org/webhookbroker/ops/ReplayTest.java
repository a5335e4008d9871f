package org.webhookbroker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.audit.Action;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.DeadLetter;
import org.webhookbroker.job.DeadLetters;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;

class ReplayTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private final List<Duration> pauses = new ArrayList<>();
    private Consumer consumer;
    private DeadLetters deadLetters;

    @BeforeEach
    void setUp() {
        Database database = mariaDb.database();
        Registrar registrar = new Registrar(database);
        Xid channel = registrar.channel("orders");
        Xid id = registrar.push(channel, "billing", "http://127.0.0.1/");
        Registry registry = new Registry(database);
        consumer = registry.refresh().consumer(id).orElseThrow();
        Incarnation incarnation = new Incarnation(database, "test", Duration.ofMinutes(1));
        incarnation.begin();
        deadLetters = new DeadLetters(database, registry, incarnation, (who, priority) -> {}, new AuditTrail(database));
        new Seed(database).dead(channel, id, 100, "status-500", Instant.EPOCH);
    }

    @Test
    void pausesMakeUpTheRate() {
        PrintWriter output = new PrintWriter(new StringWriter());

        long count = new Replay(deadLetters, Pace.perSecond(200), pauses::add, output, Long.MAX_VALUE)
                .run(consumer, DeadLetter.Filter.ALL, Auditing.TEST.doing(Action.REPLAY));

        assertThat(count).isEqualTo(100);
        assertThat(pauses).hasSize(5).allMatch(pause -> pause.compareTo(Duration.ofMillis(100)) <= 0);
    }

    /** Whoever flushes sends the status 200: what fails before the first output keeps its own. */
    @Test
    void nothingIsSentBeforeThereIsSomethingToTell() {
        List<String> flushed = new ArrayList<>();
        Writer output = new StringWriter() {
            @Override
            public void flush() {
                flushed.add(toString());
            }
        };
        Replay replay = new Replay(deadLetters, Pace.perSecond(100), pauses::add, new PrintWriter(output), 100);

        assertThat(replay.isOver()).isFalse();
        assertThat(replay.isCancelled()).isFalse();
        assertThat(flushed).isEmpty();
        replay.line("something");
        assertThat(flushed).first().asString().startsWith("something");
    }

    @Test
    void endsWhenNobodyListensAnyMore() {
        Writer gone = new Writer() {
            @Override
            public void write(char[] buffer, int offset, int length) throws IOException {
                flush();
            }

            @Override
            public void flush() throws IOException {
                if (pauses.size() >= 2) {
                    throw new IOException("Connection reset by peer");
                }
            }

            @Override
            public void close() {}
        };

        Replay replay =
                new Replay(deadLetters, Pace.perSecond(100), pauses::add, new PrintWriter(gone), Long.MAX_VALUE);
        replay.line("begun");

        assertThat(replay.run(consumer, DeadLetter.Filter.ALL, Auditing.TEST.doing(Action.REPLAY)))
                .isEqualTo(20);
        assertThat(replay.isCancelled()).isTrue();
    }
}
