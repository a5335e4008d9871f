package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.webhookbroker.retention.ArchivedLineFixture;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.BrokerProcess;
import org.webhookbroker.testing.MariaDbExtension;

/** A small file with one endless line, in the packaged broker with a heap of 256 MiB. */
@Tag("G8")
@Tag("slow")
class ArchiveBombIT {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @TempDir
    Path folder;

    @Test
    void anEndlessLineIsLeftOutAndTheNodeLives() throws Exception {
        Path file = folder.resolve("bomb.jsonl.gz");
        ArchivedLineFixture.writeBomb(file, 600);
        assertThat(Files.size(file)).isLessThan(1 << 20);
        try (BrokerProcess broker = BrokerProcess.start(mariaDb, "RETENTION_LOCAL_PATH=" + folder)) {
            ApiClient api = new ApiClient(broker.url());
            api.register("orders", "billing", "http://127.0.0.1:9/");

            String answer = new ApiClient(broker.adminUrl()).post("/tasks/restore?channel=orders&consumer=billing");

            assertThat(answer)
                    .contains("DAMAGED bomb.jsonl.gz: lines that are no messages: 1, the first is line 2: ")
                    .contains("Restored 2 messages to orders/billing. Of 2 meant, of 2 read");
            assertThat(api.get("/channel/orders/message/after")).contains("hello");
        }
    }
}
