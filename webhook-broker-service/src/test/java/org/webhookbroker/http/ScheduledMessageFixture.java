package org.webhookbroker.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.webhookbroker.testing.MariaDbExtension;

/** A node, and the requests of producers of scheduled messages. */
abstract class ScheduledMessageFixture {
    abstract MariaDbExtension mariaDb();

    static final String DUE = "2030-01-01T05:00:00Z";
    static final String LIST = "/channel/c1/scheduled-messages";
    static final String S1 = "/channel/c1/scheduled-message/s1";

    TestNode node;
    Requests requests;

    @BeforeEach
    void start() {
        node = new TestNode(mariaDb().database()).started();
        requests = new Requests(node);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    HttpResponse<String> schedule(String id, String time) {
        return requests.broadcast("hi", "X-Broker-Message-ID", id, "X-Broker-Scheduled-For", time);
    }

    void makeDue(String id) {
        mariaDb().sql().execute("""
                UPDATE scheduled_due AS due JOIN scheduled_message AS message USING (id)
                SET due.due_at = UTC_TIMESTAMP(6), message.due_at = UTC_TIMESTAMP(6) WHERE message.public_id = ?
                """, id);
    }

    int count(String state) {
        return requests.json("/channel/c1/messages-status")
                .path("counts")
                .path(state)
                .path("Count")
                .asInt();
    }

    List<String> ids(String path) {
        List<String> ids = new ArrayList<>();
        requests.json(path).path("result").forEach(link -> ids.add(link.asText().replaceFirst(".*/", "")));
        return ids;
    }

    static List<String> fields(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
