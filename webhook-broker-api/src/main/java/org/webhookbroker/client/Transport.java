package org.webhookbroker.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.api.BrokerVersion;

/**
 * Makes one request and reads its answer, with an end to both: the JDK's client ends the wait for the head of an answer, and not
 * for its body. Follows no redirect. Thread-safe.
 */
final class Transport {
    private static final String USER_AGENT = "webhook-broker-client/" + BrokerVersion.CURRENT;

    private final ClientSettings settings;
    private final String address;
    private final Set<CompletableFuture<?>> running = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable HttpClient http;

    Transport(ClientSettings settings) {
        this.settings = settings;
        this.address = settings.broker().toString().replaceFirst("/+$", "");
        HttpClient.Builder builder = HttpClient.newBuilder()
                .connectTimeout(settings.connectTimeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(Threads.shortLived("webhook-broker-client"));
        if (settings.tls() != null) {
            builder.sslContext(settings.tls());
        }
        this.http = builder.build();
    }

    /** Counted down when the client is closed. */
    CountDownLatch closed() {
        return closed;
    }

    boolean isTls() {
        return "https".equalsIgnoreCase(settings.broker().getScheme());
    }

    /** @throws IOException if there is no whole answer within the time, or a part of one up to the call's bound */
    @SuppressWarnings("CollectionUndefinedEquality") // Each is itself alone.
    Answer exchange(Call call, HttpClient.Version version, Duration timeout) throws IOException, InterruptedException {
        HttpClient open = http;
        if (open == null) {
            throw new IllegalStateException("the client is closed");
        }
        CompletableFuture<HttpResponse<BoundedBody.Bytes>> exchange =
                open.sendAsync(request(call, version), head -> new BoundedBody(call.largestAnswer()));
        running.add(exchange);
        try {
            if (http == null) {
                throw new CancellationException();
            }
            HttpResponse<BoundedBody.Bytes> answer = exchange.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            BoundedBody.Bytes body = answer.body();
            return new Answer(answer.statusCode(), answer.version(), answer.headers(), body.bytes(), body.cut());
        } catch (TimeoutException late) {
            throw new HttpTimeoutException("no whole answer within " + timeout);
        } catch (CancellationException byClose) {
            throw new IOException("the client was closed", byClose);
        } catch (ExecutionException failed) {
            Throwable cause = Objects.requireNonNull(failed.getCause());
            String name = cause.getClass().getSimpleName();
            throw new IOException(cause.getMessage() == null ? name : name + ": " + cause.getMessage(), cause);
        } finally {
            running.remove(exchange);
            // Frees the connection or the stream of one that has not ended.
            exchange.cancel(true);
        }
    }

    private HttpRequest request(Call call, HttpClient.Version version) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + call.path()))
                .version(version)
                .method(
                        call.method(),
                        call.body().length == 0
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(call.body()))
                .setHeader("User-Agent", USER_AGENT);
        for (Map.Entry<String, String> header : call.headers().entrySet()) {
            request.setHeader(header.getKey(), header.getValue());
        }
        if (settings.key() != null) {
            request.setHeader("Authorization", "Bearer " + settings.key());
        }
        if (settings.signature() != null) {
            request.setHeader(BrokerHeaders.SIGNATURE, settings.signature().header(Instant.now(), call.body()));
        }
        return request.build();
    }

    BrokerException refused(Call call, Answer answer) {
        return new BrokerException(
                call.what(), answer.status(), answer.text(text -> masked(call, text)), answer.retryAfter(), null);
    }

    /** Without the cause where it repeats a secret, as it may repeat the line that it cannot read. */
    BrokerException unanswered(Call call, IOException failure) {
        String text = String.valueOf(failure.getMessage());
        String masked = masked(call, text);
        return new BrokerException(call.what(), masked, masked.equals(text) ? failure : null);
    }

    private String masked(Call call, String text) {
        String masked = call.masked(text);
        return settings.key() == null ? masked : Call.masked(masked, settings.key());
    }

    /**
     * Ends what is under way. Java 17 has no way to close its client, which goes when it is collected, so we let go of it; from Java
     * 21 on there is one.
     */
    void close() {
        HttpClient open = http;
        http = null;
        closed.countDown();
        running.forEach(exchange -> exchange.cancel(true));
        if (open instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            }
        }
    }
}
