package org.webhookbroker.message;

import java.util.List;
import org.webhookbroker.registry.RegistrySnapshot;

/**
 * Rolls back a group with a message whose channel was removed after its request was checked. Its producer is asked to repeat it, and
 * hears 404 then.
 */
public final class ChannelGoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private ChannelGoneException() {
        super("A channel of the group was removed", null, false, false);
    }

    /** @param locked the registry as it stays until the transaction ends */
    public static void check(RegistrySnapshot locked, List<? extends Draft> group) {
        if (group.stream().anyMatch(draft -> locked.channel(draft.channelId()).isEmpty())) {
            throw new ChannelGoneException();
        }
    }
}
