package org.webhookbroker.dispatch;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import org.webhookbroker.message.Message;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Signing;
import org.webhookbroker.signature.SignatureVersion;
import org.webhookbroker.signature.WebhookHeaders;

/** Signs an attempt by Standard Webhooks 1.0.0, with each secret of the consumer that is in use. */
final class DeliverySignature {
    private static final int ID_BYTES = 18;
    private static final int LARGE = 64 << 10;

    private DeliverySignature() {}

    static void add(Map<String, String> headers, Consumer consumer, Message message, Instant now) {
        String id = id(consumer, message);
        long seconds = now.getEpochSecond();
        byte[] body = message.content().payload();
        headers.put(WebhookHeaders.ID, id);
        headers.put(WebhookHeaders.TIMESTAMP, Long.toString(seconds));
        headers.put(
                WebhookHeaders.SIGNATURE,
                consumer.signing().inUse(now).stream()
                        .map(secret -> secret.sign(id, seconds, body))
                        .collect(Collectors.joining(" ")));
    }

    /** About as long as it takes to start some ten attempts: ed25519, or a body beyond 64 KiB. */
    static boolean takesLong(Consumer consumer, Message message) {
        Signing signing = consumer.signing();
        return signing.secret().isPresent()
                && (signing.knows(SignatureVersion.V1A) || message.content().payload().length > LARGE);
    }

    /**
     * Made of nothing but the consumer and the message's id, which its producer may have chosen: so it has no dot, and is the same in each attempt,
     * also after a requeue and when the message was restored from an archive.
     */
    static String id(Consumer consumer, Message message) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(consumer.id().toString().getBytes(StandardCharsets.US_ASCII));
            byte[] hash = digest.digest(message.publicId().getBytes(StandardCharsets.UTF_8));
            return "msg_" + Base64.getUrlEncoder().encodeToString(Arrays.copyOf(hash, ID_BYTES));
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
