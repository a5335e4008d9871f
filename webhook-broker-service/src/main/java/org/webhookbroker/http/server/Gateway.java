package org.webhookbroker.http.server;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.webhookbroker.signature.GatewaySignature;

/**
 * Which requests may pass (contract 13.2 and 13.3).
 *
 * @param signatures one for each secret; one of them must match
 * @param tolerance how far the time of a request may be before or after ours; in whole seconds
 * @param exemptPaths a path that begins with one of them needs no signature
 */
record Gateway(List<GatewaySignature> signatures, Duration tolerance, List<String> exemptPaths, InstantSource clock) {

    /** Looks at the decoded path. A path that cannot be decoded is not exempt. */
    boolean isExempt(String rawPath) {
        Optional<String> path = PercentEncoding.decode(rawPath, false);
        return path.isPresent() && exemptPaths.stream().anyMatch(path.get()::startsWith);
    }

    boolean isTimely(SignatureHeader header) {
        long now = clock.instant().getEpochSecond();
        return header.unixSeconds() >= now - tolerance.toSeconds()
                && header.unixSeconds() <= now + tolerance.toSeconds();
    }

    boolean matches(SignatureHeader header, ByteBuffer body) {
        // All are compared, so that the time taken does not tell which secret it was.
        return signatures.stream()
                .map(each -> each.matches(header.unixSeconds(), body.duplicate(), header.digest()))
                .reduce(false, Boolean::logicalOr);
    }
}
