package org.webhookbroker.audit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.RawClient;

/** A whole broker, what its audit lists, and what its logger {@code audit} says. */
final class AuditFixture implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    final LocalBroker broker;
    final RawClient api;
    final RawClient admin;
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    AuditFixture(LocalBroker broker) {
        this.broker = broker;
        this.api = broker.client();
        this.admin = new RawClient(broker.adminPort());
        log.start();
        logger().addAppender(log);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(AuditLog.NAME);
    }

    /** The answer to a form, with the version of what is changed. */
    Answer form(String line, String form, String... headers) {
        String path = line.substring(line.indexOf(' ') + 1);
        Answer known = api.get(path);
        List<String> all = new ArrayList<>(List.of(headers));
        if (known.status() == 200) {
            all.add("If-Unmodified-Since: " + known.header("Last-Modified"));
        }
        Answer answer = api.form(line, form, all.toArray(String[]::new));
        assertThat(answer.status()).as(line + ": " + answer.body()).isBetween(200, 204);
        return answer;
    }

    Answer task(String nameAndQuery) {
        return admin.raw("POST /tasks/" + nameAndQuery
                + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    }

    Answer get(String query) {
        return admin.raw("GET /audit" + query + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    }

    JsonNode page(String query) {
        Answer answer = get(query);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        return json(answer.body());
    }

    /** The newest first. */
    List<JsonNode> entries(String query) {
        List<JsonNode> entries = new ArrayList<>();
        page(query).get("entries").forEach(entries::add);
        return entries;
    }

    JsonNode newest() {
        return entries("?limit=1").get(0);
    }

    List<JsonNode> lines() {
        return List.copyOf(log.list).stream()
                .map(line -> json(line.getFormattedMessage()))
                .toList();
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (com.fasterxml.jackson.core.JsonProcessingException malformed) {
            throw new AssertionError(text, malformed);
        }
    }

    @Override
    public void close() {
        logger().detachAppender(log);
        broker.close();
    }
}
