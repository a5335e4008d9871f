package org.webhookbroker.http;

import org.webhookbroker.http.access.Caller;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.RegistryLookup;

/** Who may use a channel: checks 1 and 2 of contract 4.2, 6.1 and 6.9. */
final class ChannelAccess {
    private ChannelAccess() {}

    /** A stranger gets one answer, whether there is no such channel or its token is another. */
    static Channel require(RegistryLookup lookup, String id, Caller caller, String token) {
        Channel channel =
                lookup.channel(id).orElseThrow(() -> caller.isStranger() ? wrong(caller, token) : Refusal.notFound());
        if (!caller.standsFor(token) && !lookup.tokenMatches(channel, token)) {
            throw wrong(caller, token);
        }
        return channel;
    }

    private static Refusal wrong(Caller caller, String token) {
        return caller.wrongToken(token, Refusal.of(403, "channel token does not match"));
    }
}
