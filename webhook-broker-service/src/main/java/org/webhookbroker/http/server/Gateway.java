package org.webhookbroker.http.server;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.webhookbroker.signature.GatewaySignature;

/**
 * Who may pass (contract 13.2 and 13.3).
 *
 * @param signatures of the secrets; one of them must match
 * @param tolerance in whole seconds, to both sides
 * @param exemptPaths what a path that needs no signature begins with
 */
record Gateway(List<GatewaySignature> signatures, Duration tolerance, List<String> exemptPaths, InstantSource clock) {

    /** Judges the path as it is meant: decoded. What can not be decoded is not exempt. */
    boolean isExempt(String rawPath) {
        Optional<String> path = PercentEncoding.decode(rawPath, false);
        return path.isPresent() && exemptPaths.stream().anyMatch(path.get()::startsWith);
    }

    boolean isTimely(SignatureHeader header) {
        long now = clock.instant().getEpochSecond();
        return header.unixSeconds() >= now - tolerance.toSeconds()
                && header.unixSeconds() <= now + tolerance.toSeconds();
    }

    boolean matches(SignatureHeader header, byte[] body) {
        // All of them, so that the time taken does not tell which one it was.
        return signatures.stream()
                .map(each -> each.matches(header.unixSeconds(), body, header.digest()))
                .reduce(false, Boolean::logicalOr);
    }
}
