package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.Globals;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;

/** A server that accepts less in one packet than a message may have. */
@Tag("G12")
@Tag("slow")
class SmallPacketTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Test
    void whatNeverFitsIsRefusedAndHoldsUpNothingElse() {
        try (Globals globals = new Globals(mariaDb);
                ConsumerServer consumer = ConsumerServer.start()) {
            globals.set("max_allowed_packet", "1048576");
            broadcast(consumer);
        }
    }

    private static void broadcast(ConsumerServer consumer) {
        try (LocalBroker broker = LocalBroker.start(mariaDb)) {
            ApiClient api = broker.api();
            api.register("c", "k", consumer.url("/k"));
            List<CompletableFuture<Integer>> small = new ArrayList<>();
            List<CompletableFuture<Integer>> fitting = new ArrayList<>();
            List<CompletableFuture<Integer>> large = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                small.add(api.broadcast("c", "small-a" + i, "x"));
                large.add(api.broadcast("c", "large" + i, "x".repeat((1 << 20) + i * 500_000)));
                fitting.add(api.broadcast("c", "fitting" + i, "x".repeat(700_000)));
                small.add(api.broadcast("c", "small-b" + i, "x"));
            }
            assertThat(large).allSatisfy(each -> assertThat(each.join()).isEqualTo(400));
            assertThat(small).allSatisfy(each -> assertThat(each.join()).isEqualTo(201));
            assertThat(fitting).allSatisfy(each -> assertThat(each.join()).isEqualTo(201));
            Instant later = Instant.now().plusSeconds(3600);
            assertThat(api.schedule("c", "later", "x".repeat(2 << 20), later)
                            .join()
                            .statusCode())
                    .isEqualTo(400);
            assertThat(api.schedule("c", "later", "x", later).join().statusCode())
                    .isEqualTo(201);
            await().until(() -> consumer.requests("/k").size() == small.size() + fitting.size());
            assertThat(mariaDb.sql().count("message")).isEqualTo(small.size() + fitting.size());
        }
    }
}
