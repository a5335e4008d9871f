package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.BrokerProcess;
import org.webhookbroker.testing.History;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.S3Server;

/** The packaged command, with all that its jar needs to reach storage of the S3 protocol. */
@Tag("G10")
@Tag("slow")
class PruneIT {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @TempDir
    Path folder;

    @Test
    void prunesToABucketAndSaysByItsExitCodeWhenItCanNot() throws Exception {
        Registrar registrar = new Registrar(mariaDb.database());
        Xid channel = registrar.channel("orders");
        new History(mariaDb.database(), Instant.now().minus(31, ChronoUnit.DAYS))
                .message(channel, registrar.producer("shop"), "m", "x");
        try (S3Server storage = new S3Server()) {
            assertThat(prune(storage)).isEqualTo(12);
            assertThat(messages()).isEqualTo(1);

            storage.createBucket("archive");
            assertThat(prune(storage)).isZero();
            assertThat(messages()).isZero();
        }
    }

    private int prune(S3Server storage) throws InterruptedException {
        return BrokerProcess.run(
                "prune",
                mariaDb,
                "RETENTION_NODE_NAME=node-a",
                "RETENTION_DAYS=30",
                "RETENTION_LOCAL_PATH=" + folder,
                "RETENTION_REMOTE_DESTINATION=s3",
                "RETENTION_REMOTE_URL=" + storage.url("archive"),
                "AWS_ACCESS_KEY_ID=key",
                "AWS_SECRET_ACCESS_KEY=secret");
    }

    private static long messages() {
        return mariaDb.sql().count("message");
    }
}
