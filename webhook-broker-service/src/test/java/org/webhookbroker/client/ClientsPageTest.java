package org.webhookbroker.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;

/** The programs of docs/clients.md that call the broker do what the page says. Its receivers are in {@link ReceiversTest}. */
@Tag("slow")
@Timeout(240)
final class ClientsPageTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static LocalBroker broker;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        broker = LocalBroker.start(mariaDb);
        broker.client().put("/producer/shop", "token=shop-secret");
        broker.client().put("/channel/orders", "token=orders-secret");
        broker.client()
                .put(
                        "/channel/orders/consumer/billing",
                        "token=billing-secret&type=pull&callbackUrl=http://127.0.0.1/");
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static long count(String table, String where) {
        return mariaDb.sql().count(table, where);
    }

    @Test
    void theProducerAndThePullConsumerInJava() throws Exception {
        run("Produce.java");
        assertThat(count("message", "public_id LIKE 'order-%'")).isEqualTo(101);
        assertThat(broker.client()
                        .get("/channel/orders/scheduled-message/order-17-reminder")
                        .field("status"))
                .isEqualTo("CANCELLED");

        assertThat(run("Work.java")).hasSizeGreaterThanOrEqualTo(3).allMatch(line -> line.endsWith("{\"order\":17}"));
        assertThat(count("delivered_job", "TRUE")).isGreaterThanOrEqualTo(3);
        assertThat(count("job", "holder > 0 OR attempts > 0")).isZero();
    }

    @Test
    void theProducerAndThePullConsumerWithCurl() throws Exception {
        run("producer.sh");
        assertThat(String.join("", run("consumer.sh")))
                .contains("order-18-paid")
                .contains("\"Done\":true");
        assertThat(count("delivered_job", "TRUE")).isEqualTo(1);
    }

    private List<String> run(String name) throws Exception {
        try (PageProgram program = PageProgram.start(name, folder, broker.port(), "")) {
            return program.toTheEnd();
        }
    }
}
