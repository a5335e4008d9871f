package org.webhookbroker.dispatch;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.IntFunction;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.OwnHeaders;
import org.webhookbroker.outbound.Call;
import org.webhookbroker.outbound.CallRoute;
import org.webhookbroker.registry.Consumer;

/** The request of one attempt: the headers of contract 5.1, the payload as it came, and its signature where the consumer has one. */
final class CallBuilder {
    private final XidGenerator ids;
    private final Incarnation incarnation;
    private final String tokenHeader;
    private final Duration timeout;
    private final InstantSource clock;
    private final OwnHeaders own;
    private final OwnHeaders ownIfSigned;
    /** Makes the signatures that take long, by the size of the body. */
    private final IntFunction<Executor> signing;

    CallBuilder(
            XidGenerator ids,
            Incarnation incarnation,
            String tokenHeader,
            Duration timeout,
            InstantSource clock,
            IntFunction<Executor> signing) {
        this.ids = ids;
        this.incarnation = incarnation;
        this.tokenHeader = tokenHeader;
        this.timeout = timeout;
        this.clock = clock;
        this.signing = signing;
        this.own = new OwnHeaders(tokenHeader);
        this.ownIfSigned = own.withSignature();
    }

    /** Complete at once, unless it is to be signed and that takes long. */
    CompletableFuture<Call> build(Consumer consumer, HeldJob job) {
        return DeliverySignature.takesLong(consumer, job.message())
                ? CompletableFuture.supplyAsync(
                        () -> call(consumer, job),
                        signing.apply(job.message().content().payload().length))
                : CompletableFuture.completedFuture(call(consumer, job));
    }

    private Call call(Consumer consumer, HeldJob job) {
        Content content = job.message().content();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", content.contentType());
        headers.put(BrokerHeaders.MESSAGE_PRIORITY, Integer.toString(job.lease().priority()));
        headers.put(BrokerHeaders.CHANNEL_ID, consumer.channel().publicId());
        headers.put(BrokerHeaders.CONSUMER_ID, consumer.publicId());
        headers.put(BrokerHeaders.MESSAGE_ID, job.message().publicId());
        if (consumer.signing().sendToken()) {
            headers.put(tokenHeader, consumer.token());
        }
        headers.put(BrokerHeaders.REQUEST_ID, ids.next().toString());
        Map<String, String> metadata = metadata(consumer, content);
        headers.putAll(metadata);
        headers.put(BrokerHeaders.METADATA_HEADERS, String.join(",", new TreeSet<>(metadata.keySet())));
        if (job.lease().possibleDuplicate()) {
            headers.put(BrokerHeaders.POSSIBLE_DUPLICATE, "true");
        }
        if (consumer.signing().secret().isPresent()) {
            DeliverySignature.add(headers, consumer, job.message(), clock.instant());
        }
        // If this node froze after the attempt began, another may have taken the job over: then this attempt must not
        // be sent.
        int holder = job.lease().holder();
        return new Call(
                consumer.callbackUrl(),
                headers,
                content.payload(),
                timeout,
                () -> incarnation.owns(holder),
                CallRoute.of(consumer.route().tlsProfile(), consumer.route().allowedNetworks()));
    }

    /** The consumer's credentials are its own too, where its callback has some. */
    private Map<String, String> metadata(Consumer consumer, Content content) {
        OwnHeaders ours = consumer.signing().secret().isPresent() ? ownIfSigned : own;
        Map<String, String> metadata = ours.without(content.headers());
        if (!Call.hasCredentials(consumer.callbackUrl())) {
            return metadata;
        }
        Map<String, String> others = new LinkedHashMap<>(metadata);
        others.keySet().removeIf("Authorization"::equalsIgnoreCase);
        return others;
    }
}
