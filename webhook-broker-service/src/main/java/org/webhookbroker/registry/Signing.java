package org.webhookbroker.registry;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.webhookbroker.signature.SignatureVersion;
import org.webhookbroker.signature.SigningSecret;

/**
 * How a consumer knows who sends what it gets.
 *
 * @param secret what deliveries are signed with; empty if they are not signed
 * @param previous secrets that were replaced, the last one first. They sign too until they end, and count for nothing after
 * @param sendToken whether deliveries carry the consumer's token
 */
public record Signing(Optional<SigningSecret> secret, List<Previous> previous, boolean sendToken) {
    /** @param until in whole seconds */
    public record Previous(SigningSecret secret, Instant until) {}

    public static final Signing NONE = new Signing(Optional.empty(), List.of(), true);

    /** So three signatures: a rotation that is repeated, since its answer was lost, must not end the secret that receivers know. */
    static final int MOST_PREVIOUS = 2;

    public static Signing with(SigningSecret secret, boolean sendToken) {
        return new Signing(Optional.of(secret), List.of(), sendToken);
    }

    /** {@code v1}, {@code v1a} or {@code none}. */
    public String wireName() {
        return secret.map(SigningSecret::version)
                .map(SignatureVersion::wireName)
                .orElse("none");
    }

    /** Whether any of its secrets is of that version. */
    public boolean knows(SignatureVersion version) {
        return Stream.concat(secret.stream(), previous.stream().map(Previous::secret))
                .anyMatch(each -> each.version() == version);
    }

    /** What to sign with at this moment, the newest first. */
    public List<SigningSecret> inUse(Instant now) {
        return Stream.concat(secret.stream(), at(now).previous.stream().map(Previous::secret))
                .toList();
    }

    /** Without what has ended by then. */
    public Signing at(Instant now) {
        return previous.stream().allMatch(each -> each.until().isAfter(now))
                ? this
                : new Signing(
                        secret,
                        previous.stream()
                                .filter(each -> each.until().isAfter(now))
                                .toList(),
                        sendToken);
    }

    /** When the last of the previous secrets ends; empty if none is in use. */
    public Optional<Instant> previousUntil(Instant now) {
        return at(now).previous.stream().map(Previous::until).max(Instant::compareTo);
    }

    /** The next secret; the one that it replaces is in use for the overlap. Without an overlap all that were before end at once. */
    Signing rotated(SigningSecret next, Instant now, Duration overlap) {
        SigningSecret replaced = secret.orElseThrow(() -> new RotationRefusedException(
                "`signing` of the consumer is none; switch it on with PATCH and `signing` v1 or v1a"));
        if (overlap.isZero()) {
            return with(next, sendToken);
        }
        List<Previous> before = at(now).previous;
        if (before.size() >= MOST_PREVIOUS) {
            throw new RotationRefusedException(
                    "%s previous secrets are in use, the first of them until %s; wait for that, or end all of them with `overlap` 0"
                            .formatted(
                                    before.size(),
                                    before.stream()
                                            .map(Previous::until)
                                            .min(Instant::compareTo)
                                            .orElseThrow()));
        }
        List<Previous> all = new ArrayList<>();
        all.add(new Previous(replaced, Instant.ofEpochSecond(now.plus(overlap).getEpochSecond())));
        all.addAll(before);
        return new Signing(Optional.of(next), List.copyOf(all), sendToken);
    }
}
