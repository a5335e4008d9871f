package org.webhookbroker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Xid;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Seed;

@Tag("G2")
class AccountingTest {
    private static final int ROUNDS = 30;

    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Test
    void runningTrafficMakesNoDifference() throws Exception {
        Registrar registrar = new Registrar(mariaDb.database());
        Seed seed = new Seed(mariaDb.database());
        Xid channel = registrar.channel("orders");
        Xid consumer = registrar.push(channel, "billing", "http://127.0.0.1/");
        Accounting accounting = new Accounting(mariaDb.database(), new Registry(mariaDb.database()));
        AtomicInteger traffic = new AtomicInteger();
        AtomicBoolean enough = new AtomicBoolean();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        Future<?> running = executor.submit(() -> {
            while (!enough.get()) {
                seed.queued(channel, consumer, 5);
                seed.delivered(channel, consumer, 5);
                seed.dead(channel, consumer, 5, "status-500", Instant.EPOCH);
                traffic.incrementAndGet();
            }
        });
        try {
            for (int i = 0; i < ROUNDS || (traffic.get() < ROUNDS && !running.isDone()); i++) {
                assertThat(accounting.report(rows -> {}).differences()).isEmpty();
            }
        } finally {
            enough.set(true);
            executor.shutdown();
        }
        running.get();
    }

    @Test
    void messagesOfAChannelWithoutConsumersAreAccounted() {
        Xid channel = new Registrar(mariaDb.database()).channel("lonely");
        new Seed(mariaDb.database()).delivered(channel, channel.plus(1), 3);
        Accounting accounting = new Accounting(mariaDb.database(), new Registry(mariaDb.database()));

        Accounting.Report report = accounting.report(rows -> {});

        assertThat(report.differences()).isEmpty();
        assertThat(report.consumers()).containsOnlyKeys("consumer removed, id " + channel.plus(1));
    }
}
