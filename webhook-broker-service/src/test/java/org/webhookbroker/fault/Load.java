package org.webhookbroker.fault;

import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.webhookbroker.testing.ApiClient;

/**
 * Producers that send at a fixed rate, to each node in turn, whatever the answers do. As the contract asks of them, they repeat what
 * was not acknowledged, under its id and to the next node: 409 then says that it was stored. Thread-safe.
 */
final class Load implements AutoCloseable {
    /** How the message of this number is sent. */
    interface Sender {
        CompletableFuture<HttpResponse<String>> send(ApiClient api, String message, long number);
    }

    static final String BODY = "{\"data\":\"" + "x".repeat(1000) + "\"}";

    private static final int PER_SECOND = 100;
    private static final int TRIES = 3;
    /** With as many open requests a producer waits: its own memory is finite too. */
    private static final int MOST_OPEN = 2000;

    private final Cluster cluster;
    private final Ledger ledger;
    private final int tries;
    private final Sender sender;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final AtomicLong next = new AtomicLong();
    private final AtomicInteger open = new AtomicInteger();
    private volatile boolean paused = true;

    Load(Cluster cluster, Ledger ledger) {
        this(cluster, ledger, TRIES, (api, message, number) -> api.send(Cluster.CHANNEL, message, BODY));
    }

    /** @param tries of a message, the first one included */
    Load(Cluster cluster, Ledger ledger, int tries, Sender sender) {
        this.cluster = cluster;
        this.ledger = ledger;
        this.tries = tries;
        this.sender = sender;
        ScheduledFuture<?> unused =
                clock.scheduleAtFixedRate(this::send, 0, 1_000_000 / PER_SECOND, TimeUnit.MICROSECONDS);
    }

    void resume() {
        paused = false;
    }

    void pause() {
        paused = true;
    }

    /** Requests that are not answered yet. */
    int open() {
        return open.get();
    }

    private void send() {
        if (!paused && open.get() < MOST_OPEN) {
            long number = next.getAndIncrement();
            String message = "m-" + number;
            ledger.sends(message);
            open.incrementAndGet();
            CompletableFuture<?> unused =
                    attempt(message, number, 1).whenComplete((done, failed) -> open.decrementAndGet());
        }
    }

    private CompletableFuture<?> attempt(String message, long number, int attempt) {
        if (attempt > tries) {
            return CompletableFuture.completedFuture(null);
        }
        ApiClient api = cluster.api((int) ((number + attempt) % Cluster.NODES));
        return sender.send(api, message, number)
                .thenApply(answer -> ledger.answered(message, answer))
                .exceptionally(lost -> false)
                .thenCompose(stored ->
                        stored ? CompletableFuture.completedFuture(null) : attempt(message, number, attempt + 1));
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
