package org.webhookbroker.http;

import jakarta.ws.rs.core.Response;
import java.time.InstantSource;
import org.webhookbroker.api.ConsumerResponse;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Signing;
import org.webhookbroker.signature.SigningSecret;

/** How a consumer is shown. Thread-safe. */
final class ConsumerViews {
    private final InstantSource clock;

    ConsumerViews(InstantSource clock) {
        this.clock = clock;
    }

    Response of(Consumer consumer) {
        return view(consumer, "");
    }

    /** The one answer that shows the signing secret: to the request that has set it. */
    Response withSecret(Consumer consumer) {
        return view(
                consumer, consumer.signing().secret().map(SigningSecret::text).orElse(""));
    }

    private Response view(Consumer consumer, String secret) {
        Signing signing = consumer.signing();
        return EntryForm.answer(
                consumer,
                new ConsumerResponse(
                        consumer.publicId(),
                        consumer.name(),
                        consumer.token(),
                        consumer.changedAt(),
                        consumer.callbackUrl(),
                        Links.consumer(consumer) + "/dlq",
                        consumer.type().wireName(),
                        consumer.retries().maxText(),
                        consumer.retries().delaysText(),
                        consumer.retries().unreachableForText(),
                        signing.secret().isPresent() ? signing.wireName() : "",
                        secret,
                        signing.secret().flatMap(SigningSecret::publicKey).orElse(""),
                        signing.previousUntil(clock.instant()).orElse(null),
                        signing.sendToken() ? null : false,
                        consumer.route().tlsProfile(),
                        consumer.route().allowedNetworks()));
    }
}
