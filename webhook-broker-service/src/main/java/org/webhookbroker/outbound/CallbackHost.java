package org.webhookbroker.outbound;

import java.util.Optional;

/** What is wrong with the host of a callback, when a consumer is registered. */
public final class CallbackHost {
    private CallbackHost() {}

    /**
     * For a host that is not ASCII and could not be called, with the way out; empty for anything else. Other URLs that cannot be
     * called are stored (contract 5.1), as are those of earlier versions: each call then fails with the reason.
     */
    public static Optional<String> wrong(String url) {
        try {
            Optional<String> host = Target.internationalHost(url);
            if (host.isPresent()) {
                HostName.ascii(host.get());
            }
            return Optional.empty();
        } catch (BadCall e) {
            return Optional.of("`callbackUrl`: " + e.getMessage());
        }
    }
}
