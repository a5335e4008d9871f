package org.webhookbroker.http;

import jakarta.ws.rs.core.Response;
import java.time.InstantSource;
import org.webhookbroker.api.ConsumerResponse;
import org.webhookbroker.http.access.Caller;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Signing;
import org.webhookbroker.signature.SigningSecret;

/** How a consumer is shown. Thread-safe. */
final class ConsumerViews {
    /** Which secrets the request itself has set, or has had made: its answer alone shows them. */
    record Given(boolean token, boolean callbackUrl, boolean signingSecret) {}

    private final InstantSource clock;

    ConsumerViews(InstantSource clock) {
        this.clock = clock;
    }

    Response of(Caller caller, Consumer consumer) {
        return changed(caller, consumer, new Given(false, false, false));
    }

    Response changed(Caller caller, Consumer consumer, Given given) {
        Signing signing = consumer.signing();
        String secret = given.signingSecret()
                ? signing.secret().map(SigningSecret::text).orElse("")
                : "";
        return EntryForm.answer(
                consumer,
                new ConsumerResponse(
                        consumer.publicId(),
                        consumer.name(),
                        given.token() ? consumer.token() : caller.token(consumer.token()),
                        consumer.changedAt(),
                        given.callbackUrl() ? consumer.callbackUrl() : caller.callbackUrl(consumer.callbackUrl()),
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
