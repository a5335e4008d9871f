package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.webhookbroker.database.Xid;

/** A pull consumer of channel {@code c1} that sends both tokens to a {@link TestNode}. */
record PullClient(TestNode node, String consumer) {
    static final String[] TOKENS = {"X-Broker-Channel-Token", "ct", "X-Broker-Consumer-Token", "kt"};
    private static final JsonMapper JSON = new JsonMapper();

    String path(String below) {
        return "/channel/c1/consumer/" + consumer + "/" + below;
    }

    /** Broadcasts a message, and returns this consumer's job of it. */
    String broadcast(String messageId, int priority) {
        HttpResponse<String> answer = new Requests(node)
                .broadcast(
                        "payload of " + messageId,
                        "X-Broker-Message-ID",
                        messageId,
                        "X-Broker-Message-Priority",
                        Integer.toString(priority));
        assertThat(answer.statusCode()).isEqualTo(201);
        Xid id = node.registry
                .refresh()
                .consumer(node.channel().id(), consumer)
                .orElseThrow()
                .id();
        return node.database.withHandle(handle -> handle.createQuery("""
                        SELECT job.id FROM job JOIN message ON message.id = job.message_id
                        WHERE message.public_id = :message AND job.consumer_id = :consumer
                        """)
                .bind("message", messageId)
                .bind("consumer", id)
                .mapTo(Xid.class)
                .one()
                .toString());
    }

    HttpResponse<String> change(String job, String body) {
        return new Requests(node).post(path("job/" + job), body, TOKENS);
    }

    HttpResponse<String> move(String job, String state) {
        return change(job, "{\"NextState\":\"" + state + "\"}");
    }

    String state(String job) {
        return new Requests(node)
                .json(path("job/" + job), TOKENS)
                .path("Status")
                .asText();
    }

    List<JsonNode> queued(String query) {
        return list(new Requests(node).json(path("queued-jobs") + query, TOKENS).path("Result"));
    }

    List<String> queuedMessages(String query) {
        return queued(query).stream()
                .map(job -> job.path("Message").path("MessageID").asText())
                .toList();
    }

    HttpResponse<String> post(String below, String body) {
        return new Requests(node).post(path(below), body, TOKENS);
    }

    List<JsonNode> lease(String body) {
        return result("jobs/lease", body);
    }

    List<JsonNode> result(String below, String body) {
        HttpResponse<String> answer = post(below, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return result(answer);
    }

    static List<JsonNode> result(HttpResponse<String> answer) {
        try {
            return list(JSON.readTree(answer.body()).path("Result"));
        } catch (IOException invalid) {
            throw new AssertionError(answer.body(), invalid);
        }
    }

    static List<String> each(List<JsonNode> nodes, String key) {
        return nodes.stream().map(node -> node.path(key).asText()).toList();
    }

    /** As if the time of all leases of this consumer had passed. */
    int letLeasesPass() {
        return node.database.withHandle(handle -> handle.execute(
                "UPDATE job SET due_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE holder = 2147483647"));
    }

    private static List<JsonNode> list(JsonNode array) {
        return new ArrayList<>(StreamSupport.stream(array.spliterator(), false).toList());
    }
}
