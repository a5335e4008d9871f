package org.webhookbroker.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** What tests send to a {@link TestNode}. A header with the empty text is not sent. */
record Requests(TestNode node, HttpClient client) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Map<String, String> TOKENS =
            Map.of("X-Broker-Channel-Token", "ct", "X-Broker-Producer-ID", "p1", "X-Broker-Producer-Token", "pt");

    Requests(TestNode node) {
        this(node, HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build());
    }

    HttpResponse<String> broadcast(String body, String... headers) {
        return broadcastAsync("/channel/c1/broadcast", body.getBytes(StandardCharsets.UTF_8), headers)
                .join();
    }

    /** With all tokens; {@code headers} (name, value, name, value) replace them. */
    CompletableFuture<HttpResponse<String>> broadcastAsync(String path, byte[] body, String... headers) {
        Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        all.putAll(TOKENS);
        return client.sendAsync(
                with(all, headers)
                        .uri(node.uri(path))
                        .POST(BodyPublishers.ofByteArray(body))
                        .build(),
                BodyHandlers.ofString());
    }

    HttpResponse<String> post(String path, String body, String... headers) {
        return send("POST", path, body, headers);
    }

    HttpResponse<String> send(String method, String path, String body, String... headers) {
        return send(with(new TreeMap<>(), headers)
                .uri(node.uri(path))
                .method(method, BodyPublishers.ofString(body))
                .build());
    }

    /** Without a body, with all tokens; {@code headers} replace them. */
    HttpResponse<String> change(String method, String path, String... headers) {
        Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        all.putAll(TOKENS);
        return send(with(all, headers)
                .uri(node.uri(path))
                .method(method, BodyPublishers.noBody())
                .build());
    }

    HttpResponse<String> delete(String path, String... headers) {
        return send(with(new TreeMap<>(), headers).uri(node.uri(path)).DELETE().build());
    }

    HttpResponse<String> get(String path, String... headers) {
        return send(with(new TreeMap<>(), headers).uri(node.uri(path)).build());
    }

    JsonNode json(String path, String... headers) {
        HttpResponse<String> response = get(path, headers);
        if (response.statusCode() != 200) {
            throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
        }
        try {
            return JSON.readTree(response.body());
        } catch (IOException invalid) {
            throw new AssertionError(response.body(), invalid);
        }
    }

    private HttpResponse<String> send(HttpRequest request) {
        return client.sendAsync(request, BodyHandlers.ofString()).join();
    }

    private static HttpRequest.Builder with(Map<String, String> all, String... headers) {
        for (int i = 0; i < headers.length; i += 2) {
            all.put(headers[i], headers[i + 1]);
        }
        HttpRequest.Builder builder = HttpRequest.newBuilder();
        all.forEach((name, value) -> {
            if (!value.isEmpty()) {
                builder.header(name, value);
            }
        });
        return builder;
    }
}
