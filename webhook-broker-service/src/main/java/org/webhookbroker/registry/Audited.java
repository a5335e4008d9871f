package org.webhookbroker.registry;

import java.util.Optional;
import java.util.stream.Collectors;
import org.webhookbroker.audit.AuditRecord;
import org.webhookbroker.audit.Deed;
import org.webhookbroker.audit.Differences;
import org.webhookbroker.audit.Target;
import org.webhookbroker.signature.SigningSecret;

/** What the record of a change of the registry says: the fields that differ, and of secrets no more than that they do. */
final class Audited {
    private Audited() {}

    static AuditRecord change(
            Deed deed, Optional<? extends RegistryEntry> before, Optional<? extends RegistryEntry> after) {
        return deed.on(target(after.<RegistryEntry>map(now -> now)
                        .or(() -> before.map(old -> old))
                        .orElseThrow()))
                .with(differences(before.map(old -> old), after.map(now -> now)));
    }

    static Target target(RegistryEntry entry) {
        return entry instanceof Consumer consumer
                ? consumer.target()
                : Target.of(entry instanceof Channel ? Target.Kind.CHANNEL : Target.Kind.PRODUCER, entry.publicId());
    }

    private static Differences<RegistryEntry> differences(
            Optional<RegistryEntry> before, Optional<RegistryEntry> after) {
        return new Differences<>(before, after)
                .text("name", RegistryEntry::name)
                .secret("token", RegistryEntry::token)
                .url("callbackUrl", entry -> of(entry, Consumer::callbackUrl))
                .text("type", entry -> of(entry, consumer -> consumer.type().wireName()))
                .text(
                        "maxRetries",
                        entry -> of(entry, consumer -> consumer.retries().maxText()))
                .text(
                        "retryDelays",
                        entry -> of(entry, consumer -> consumer.retries().delaysText()))
                .text(
                        "unreachableFor",
                        entry -> of(entry, consumer -> consumer.retries().unreachableForText()))
                .text(
                        "signing",
                        entry -> of(entry, consumer -> consumer.signing().wireName()))
                .secret("signingSecret", entry -> of(entry, Audited::secret))
                .secret("previousSecrets", entry -> of(entry, Audited::previous))
                .text("sendToken", entry -> of(entry, Audited::sendsToken))
                .text(
                        "tlsProfile",
                        entry -> of(entry, consumer -> consumer.route().tlsProfile()))
                .text(
                        "allowedNetworks",
                        entry -> of(entry, consumer -> consumer.route().allowedNetworks()));
    }

    private interface Field {
        String of(Consumer consumer);
    }

    private static String of(RegistryEntry entry, Field field) {
        return entry instanceof Consumer consumer ? field.of(consumer) : "";
    }

    /** To be compared, not to be shown. */
    private static String secret(Consumer consumer) {
        return consumer.signing().secret().map(SigningSecret::text).orElse("");
    }

    /** To be compared, not to be shown. */
    private static String previous(Consumer consumer) {
        return consumer.signing().previous().stream()
                .map(each -> each.secret().text() + each.until())
                .collect(Collectors.joining());
    }

    private static String sendsToken(Consumer consumer) {
        return Boolean.toString(consumer.signing().sendToken());
    }
}
