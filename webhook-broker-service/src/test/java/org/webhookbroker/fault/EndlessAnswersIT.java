package org.webhookbroker.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.BrokerProcess;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.MariaDbExtension;

/**
 * G8 with the packaged broker and 256 MB: consumers whose answers never end cost their own attempts, and neither the node nor its
 * healthy consumers. Each waits in the middle of a head when it has sent all that HttpCore's own parser would keep.
 */
@Tag("G8")
@Tag("G6")
@Tag("slow")
class EndlessAnswersIT {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final int MESSAGES = 60;
    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String LINE = "X-Header: " + "a".repeat(8150) + "\r\n";

    private final List<ConsumerServer> servers = new ArrayList<>();

    @AfterEach
    void close() {
        servers.forEach(ConsumerServer::close);
    }

    @Test
    void consumersWithEndlessAnswersDoNotEndTheNode() {
        try (BrokerProcess broker = BrokerProcess.start(mariaDb)) {
            ApiClient client = new ApiClient(broker.url());
            ConsumerServer healthy = server(Behavior.status(204));
            client.register("c", "healthy", healthy.url("/"));
            hostile().forEach(server -> client.subscribe("c", "hostile-" + server.port(), server.url("/")));

            List<CompletableFuture<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < MESSAGES; i++) {
                answers.add(client.broadcast("c", "m-" + i, "{}"));
            }

            assertThat(answers).allMatch(answer -> answer.join() == 201);
            await().atMost(Duration.ofMinutes(1)).until(() -> healthy.requests().size() == MESSAGES);
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> servers.stream()
                            .noneMatch(server -> server.requests().isEmpty()));
            assertThat(client.broadcast("c", "after", "{}").join()).isEqualTo(201);
            await().atMost(Duration.ofMinutes(1)).until(() -> healthy.requests().size() == MESSAGES + 1);
            assertThat(new ApiClient(broker.adminUrl()).get("/healthcheck"))
                    .contains("\"loop-heartbeat\":{\"healthy\":true");
        }
    }

    private List<ConsumerServer> hostile() {
        List<ConsumerServer> hostile = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            hostile.add(stalling(OK, LINE));
            hostile.add(stalling("HTTP/1.1 503 Busy\r\n", LINE));
            hostile.add(stalling("HTTP/1.1 103 Early\r\n", LINE));
            hostile.add(stalling(OK + "Transfer-Encoding: chunked\r\n\r\n0\r\n", LINE));
            hostile.add(server(Behavior.endless("", "HTTP/1.1 103 Early\r\n" + LINE + "\r\n")));
            hostile.add(server(Behavior.endless(OK + "X: a\r\n", " " + LINE)));
        }
        return hostile;
    }

    private ConsumerServer stalling(String start, String line) {
        return server((request, connection) -> {
            connection.write(start);
            for (int i = 0; i < 98; i++) {
                connection.write(line);
            }
            connection.waitForEnd();
        });
    }

    private ConsumerServer server(Behavior behavior) {
        ConsumerServer server = ConsumerServer.start().otherwise(behavior);
        servers.add(server);
        return server;
    }
}
