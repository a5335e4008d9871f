package org.webhookbroker.ops;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.registry.RegistrySnapshot;

/** Finds the consumers that an operator means. */
final class Targets {
    private final Registry registry;

    Targets(Registry registry) {
        this.registry = registry;
    }

    RegistrySnapshot registry() {
        return registry.refresh();
    }

    Channel channel(Parameters parameters) throws BadParameterException {
        return channel(registry.refresh(), parameters.required("channel"));
    }

    Consumer consumer(Parameters parameters) throws BadParameterException {
        parameters.required("channel");
        parameters.required("consumer");
        return consumers(parameters).get(0);
    }

    /** One or more: those of the channel, those of this id in any channel, or the one that both name. */
    List<Consumer> consumers(Parameters parameters) throws BadParameterException {
        Optional<String> channelId = parameters.text("channel");
        Optional<String> consumerId = parameters.text("consumer");
        if (channelId.isEmpty() && consumerId.isEmpty()) {
            throw new BadParameterException(
                    "Parameters \"channel\" and \"consumer\" are both missing: give one or both");
        }
        RegistrySnapshot snapshot = registry.refresh();
        Optional<Channel> channel =
                channelId.isPresent() ? Optional.of(channel(snapshot, channelId.get())) : Optional.empty();
        List<Consumer> found = channel
                .map(each -> snapshot.consumersOf(each.id()))
                .orElseGet(() -> List.copyOf(snapshot.consumers()))
                .stream()
                .filter(consumer ->
                        consumerId.filter(id -> !id.equals(consumer.publicId())).isEmpty())
                .sorted(Comparator.comparing(Consumer::id))
                .toList();
        if (found.isEmpty()) {
            String where = channel.map(each -> "channel " + each.publicId()).orElse("any channel");
            throw consumerId.isPresent()
                    ? BadParameterException.of(
                            "consumer",
                            consumerId.get(),
                            "there is none of this id in " + where + "; GET /channel/{channel}/consumers lists them")
                    : new BadParameterException("There is no consumer in " + where);
        }
        return found;
    }

    private static Channel channel(RegistrySnapshot snapshot, String id) throws BadParameterException {
        return snapshot.channel(id)
                .orElseThrow(() ->
                        BadParameterException.of("channel", id, "there is none of this id; GET /channels lists them"));
    }

    static String name(Consumer consumer) {
        return consumer.channel().publicId() + "/" + consumer.publicId();
    }
}
