package org.webhookbroker.fault;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ConsumerServer;

/** Consumers that answer what no consumer should, each for every call. */
final class HostileConsumers implements AutoCloseable {
    static final String CHANNEL = "hostile";

    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String LINE = "X-Field: " + "a".repeat(8000) + "\r\n";
    private static final Map<String, Behavior> WAYS = ways();

    private final ConsumerServer server = ConsumerServer.start().withoutRecording();

    private static Map<String, Behavior> ways() {
        Map<String, Behavior> ways = new LinkedHashMap<>();
        ways.put("endless-head", Behavior.endless(OK, LINE));
        ways.put("endless-line", Behavior.endless(OK + "X: ", "b".repeat(8192)));
        ways.put("endless-interim", Behavior.endless("", "HTTP/1.1 102 Processing\r\n" + LINE + "\r\n"));
        ways.put("endless-body", Behavior.endlessBody(200));
        ways.put("endless-extension", Behavior.endless(OK + "Transfer-Encoding: chunked\r\n\r\n1;", "c".repeat(8192)));
        ways.put("endless-trailers", Behavior.endless(OK + "Transfer-Encoding: chunked\r\n\r\n0\r\n", LINE));
        ways.put("leftover", Behavior.raw("HTTP/1.1 204 No Content\r\n\r\nnull"));
        ways.put("two-answers", Behavior.raw(OK + "Content-Length: 0\r\n\r\n" + OK + "Content-Length: 0\r\n\r\n"));
        ways.put("no-http", Behavior.raw("220 mail.example ESMTP\r\n"));
        ways.put("drip", Behavior.drip(OK, Duration.ofMillis(500)));
        ways.put("hang", Behavior.hang());
        ways.put("reset", Behavior.reset());
        ways.put("forever-busy", Behavior.reply(503, "", "Retry-After: 99999999999999999999"));
        return ways;
    }

    HostileConsumers() {
        WAYS.forEach((name, way) -> server.on("/" + name, way));
    }

    void register(ApiClient api) {
        api.channel(CHANNEL);
        WAYS.keySet().forEach(name -> api.subscribe(CHANNEL, name, server.url("/" + name)));
    }

    @Override
    public void close() {
        server.close();
    }
}
