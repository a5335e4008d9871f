package org.webhookbroker.http;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.auth.Actor;
import org.webhookbroker.auth.ApiKey;
import org.webhookbroker.http.server.DirectRequest;
import org.webhookbroker.http.server.PayloadReader;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.quota.Excess;
import org.webhookbroker.quota.Pass;
import org.webhookbroker.quota.Quotas;
import org.webhookbroker.quota.Sender;

/** Where broadcasts meet the quotas: before their bodies are read, and when these are whole. Thread-safe. */
final class QuotaGate {
    private final Quotas quotas;
    private final PayloadReader payloads;

    QuotaGate(Quotas quotas, PayloadReader payloads) {
        this.quotas = quotas;
        this.payloads = payloads;
    }

    /** Of a request that has shown who it is. Throws if a quota refuses it. */
    Pass require(BroadcastChecks.Accepted accepted, DirectRequest request) {
        if (!quotas.areSet()) {
            return Pass.FREE;
        }
        Optional<ApiKey> key =
                request.jetty().getAttribute(Actor.ATTRIBUTE) instanceof Actor known ? known.key() : Optional.empty();
        Sender sender = new Sender(
                key.map(known -> known.id().toString()).orElse(null),
                isOfItsProducer(key, accepted, request) ? accepted.producer().publicId() : null,
                accepted.channel().publicId());
        Pass pass = quotas.pass(
                sender, accepted.isScheduled() ? null : accepted.channel().id());
        pass.refusal(payloads.announced(request.jetty())).ifPresent(this::refuse);
        return pass;
    }

    /** Whether it has the token of the producer, which was judged, or a key for it alone. */
    private static boolean isOfItsProducer(
            Optional<ApiKey> key, BroadcastChecks.Accepted accepted, DirectRequest request) {
        return key.isEmpty()
                || !request.header(BrokerHeaders.PRODUCER_TOKEN).isEmpty()
                || key.get().producer().equals(Optional.of(accepted.producer().publicId()));
    }

    boolean holds(Pass pass) {
        return pass.reasonToHold().isPresent();
    }

    /** Completed, on a thread of the server, once it may go on, or failed if nobody waits for that; throws if too many are held. */
    CompletableFuture<Void> hold(Pass pass, byte[] payload, DirectRequest request) {
        Optional<CompletableFuture<Void>> hold = pass.hold(payload.length);
        if (hold.isEmpty()) {
            payloads.release(payload);
            pass.reasonToHold().ifPresent(this::refuse);
            throw Refusal.tryAgain("too many messages are held: this one was not stored, try again");
        }
        return hold.get()
                .thenRunAsync(() -> requireStill(request), request::onServerThread)
                .whenComplete((over, failed) -> {
                    if (failed != null) {
                        payloads.release(payload);
                    }
                });
    }

    private static void requireStill(DirectRequest request) {
        if (request.isOver()) {
            throw new IllegalStateException("the producer has gone while its message was held");
        }
    }

    /** Counts it, or throws if a quota refuses it. */
    void take(Pass pass, byte[] payload) {
        pass.take(payload.length).ifPresent(excess -> {
            payloads.release(payload);
            refuse(excess);
        });
    }

    private void refuse(Excess excess) {
        quotas.count(excess);
        throw Refusal.tooMany("Too Many Requests: " + excess.text() + "; nothing was stored", excess.seconds());
    }
}
