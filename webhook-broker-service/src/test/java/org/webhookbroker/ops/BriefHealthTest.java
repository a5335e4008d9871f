package org.webhookbroker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BriefHealthTest {
    @Test
    void neitherMessagesNorErrorsNorDetails() throws IOException {
        String whole = """
                {
                  "oldest-due-job": {"healthy": false, "message": "orders/billing", "duration": 1, "timestamp": "t"},
                  "loop-settle": {"healthy": false, "error": {"type": "E", "message": "secret", "stack": ["x"],
                    "cause": {"healthy": true}}, "detail": "orders"},
                  "database": {"healthy": true},
                  "odd": "orders"
                }
                """;
        assertThat(BriefHealth.brief(whole.getBytes(StandardCharsets.UTF_8)))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{\"oldest-due-job\":{\"healthy\":false},\"loop-settle\":{\"healthy\":false},"
                        + "\"database\":{\"healthy\":true},\"odd\":{\"healthy\":false}}");
    }
}
