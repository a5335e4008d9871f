package org.webhookbroker.http;

import java.util.Optional;
import org.webhookbroker.http.access.Caller;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.outbound.tls.TlsRules;
import org.webhookbroker.registry.ConsumerRoute;

/** Reads from a form how calls of a consumer may go. */
final class RouteForm {
    private RouteForm() {}

    /** What is left out stays as it is, in a PUT too: these fields are the operator's, and a client that knows nothing of them ends none. */
    static ConsumerRoute read(UrlEncoded form, Optional<ConsumerRoute> existing, Caller caller, TlsRules tls) {
        ConsumerRoute known = existing.orElse(ConsumerRoute.AS_CONFIGURED);
        String profile = form.has("tlsProfile") ? form.first("tlsProfile") : known.tlsProfile();
        ConsumerRoute wanted = new ConsumerRoute(
                profile, form.has("allowedNetworks") ? form.first("allowedNetworks") : known.allowedNetworks());
        if (!caller.isAdmin() && !wanted.equals(known)) {
            throw Refusal.of(
                    403,
                    "Forbidden: `tlsProfile` and `allowedNetworks` need a key with the role admin; leave them out to keep them as they are");
        }
        EntryForm.refuseIf(profile.equals(known.tlsProfile()) ? Optional.empty() : tls.wrongProfile(profile));
        return wanted;
    }
}
