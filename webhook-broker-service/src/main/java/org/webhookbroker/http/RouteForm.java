package org.webhookbroker.http;

import java.util.Optional;
import java.util.regex.Pattern;
import org.webhookbroker.http.access.Caller;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.outbound.CallbackCheck;
import org.webhookbroker.outbound.address.AllowedNetworks;
import org.webhookbroker.outbound.tls.TlsRules;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerRoute;

/** Reads from a form how calls of a consumer may go. */
final class RouteForm {
    private static final String NEEDS_KEY =
            "Forbidden: `allowedNetworks` needs a key with the role admin, and so auth.mode keys;"
                    + " leave it out to keep it as it is. outbound.allowedNetworks holds for all consumers";

    private static final String STAYS =
            "Forbidden: the consumer has a `tlsProfile` or `allowedNetworks`, which are for the place that it has: another scheme, host"
                    + " or port of `callbackUrl` needs a key with the role admin, and so auth.mode keys";

    private static final Pattern SPACE = Pattern.compile("\\s+");

    private RouteForm() {}

    /** What is left out stays as it is, in a PUT too: these fields are the operator's, and a client that knows nothing of them ends none. */
    static ConsumerRoute read(UrlEncoded form, Optional<ConsumerRoute> existing, TlsRules tls, Caller caller) {
        ConsumerRoute known = existing.orElse(ConsumerRoute.AS_CONFIGURED);
        ConsumerRoute wanted = new ConsumerRoute(
                form.has("tlsProfile") ? form.first("tlsProfile") : known.tlsProfile(),
                form.has("allowedNetworks")
                        ? SPACE.matcher(form.first("allowedNetworks")).replaceAll("")
                        : known.allowedNetworks());
        if (!caller.isAdmin() && !wanted.equals(known)) {
            throw Refusal.of(
                    403,
                    "Forbidden: `tlsProfile` and `allowedNetworks` need a key with the role admin; leave them out to keep them as they are");
        }
        boolean sameProfile = wanted.tlsProfile().equals(known.tlsProfile());
        EntryForm.refuseIf(sameProfile ? Optional.empty() : tls.wrongProfile(wanted.tlsProfile()));
        requireNetworks(wanted.allowedNetworks(), known.allowedNetworks(), caller);
        return wanted;
    }

    /**
     * What an administrator has allowed is for the place that they saw: elsewhere it would have the broker call what nobody is to call, or
     * show its certificate to strangers. So whoever may change a field may move the consumer that has it.
     */
    static void requirePlace(Optional<Consumer> existing, String callbackUrl, Caller caller) {
        boolean moves = existing.filter(consumer -> !CallbackCheck.isSamePlace(consumer.callbackUrl(), callbackUrl))
                .map(Consumer::route)
                .filter(route -> !mayChange(route, caller))
                .isPresent();
        if (moves) {
            throw Refusal.of(403, STAYS);
        }
    }

    private static boolean mayChange(ConsumerRoute route, Caller caller) {
        boolean profile = route.tlsProfile().isEmpty() || caller.isAdmin();
        return profile && (route.allowedNetworks().isEmpty() || caller.isAdminByKey());
    }

    /** Without keys, too, there is no exception that anybody could make: strangers would call by it what nobody is to call. */
    private static void requireNetworks(String wanted, String known, Caller caller) {
        if (wanted.equals(known)) {
            return;
        }
        if (!caller.isAdminByKey()) {
            throw Refusal.of(403, NEEDS_KEY);
        }
        EntryForm.refuseIf(AllowedNetworks.wrongIn(wanted));
    }
}
