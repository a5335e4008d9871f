package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.webhookbroker.database.Database;

@Tag("G9")
final class LostDatabaseTest {
    @Test
    void requestsAreAnswered503WithRetryAfter() throws Exception {
        TestBroker broker =
                new TestBroker(new Database(Jdbi.create("jdbc:mariadb://127.0.0.1:1/none?connectTimeout=200")));
        try {
            Answer answer = broker.client().get("/producers", "X-Request-ID: lost");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            assertThat(answer.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
            assertThat(answer.body()).contains("try again", "lost").doesNotContain("127.0.0.1", "Exception");
            assertThat(broker.client().get("/channel/x/consumer/y").status()).isEqualTo(503);
        } finally {
            broker.stop();
        }
    }
}
