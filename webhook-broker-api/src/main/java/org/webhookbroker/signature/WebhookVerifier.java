package org.webhookbroker.signature;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tells a receiver of webhooks whether a request comes from whom it shares a secret with, by Standard Webhooks 1.0.0 ("Verifying webhook
 * authenticity"). It knows one or several keys, so that a secret can be rotated: a request is good if any of its signatures is right by any of them.
 *
 * <pre>{@code
 * WebhookVerifier verifier = WebhookVerifier.of("whsec_...");
 * String id = verifier.verify(exchange.getRequestHeaders(), exchange.getRequestBody().readAllBytes());
 * }</pre>
 *
 * Immutable, and safe for all threads at once.
 */
public final class WebhookVerifier {
    /** How many seconds a request may be older or newer than this machine's clock; a repeat of one that was overheard comes later as a rule. */
    public static final long TOLERANCE_SECONDS = 300;

    /** A broker sends up to three: anybody may send more, and each costs time. */
    private static final int MOST_SIGNATURES = 16;

    private static final int MOST_CHARACTERS = 16_384;
    /** A dot would move the border between id, time and body, and one signature would do for several requests ("Signature scheme"). */
    private static final Pattern ID = Pattern.compile("[!-~&&[^.]]{1,256}");

    private static final Pattern SECONDS = Pattern.compile("0|[1-9][0-9]{0,11}");

    private final List<VerifyingKey> keys;
    private final InstantSource clock;

    private WebhookVerifier(List<VerifyingKey> keys, InstantSource clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * With the clock of this machine.
     *
     * @param key {@code whsec_} and 24 to 64 bytes in base64, the shared secret of {@code v1}; or {@code whpk_} and 32 bytes, the public key of
     *     {@code v1a}
     * @param others more of them, of either kind
     * @throws IllegalArgumentException if one is malformed; the message says which and what to write, and nothing of the key but its length
     */
    public static WebhookVerifier of(String key, String... others) {
        List<VerifyingKey> keys = new ArrayList<>();
        for (String text : Stream.concat(Stream.of(key), Stream.of(others)).toList()) {
            try {
                keys.add(parse(text));
            } catch (IllegalArgumentException malformed) {
                throw new IllegalArgumentException("Key " + (keys.size() + 1) + " " + malformed.getMessage());
            }
        }
        return new WebhookVerifier(List.copyOf(keys), InstantSource.system());
    }

    private static VerifyingKey parse(String text) {
        if (text.startsWith(SignatureVersion.V1.prefix())) {
            return new HmacKey(KeyText.decode(text, SignatureVersion.V1.prefix()));
        }
        if (text.startsWith(Ed25519PublicKey.PREFIX)) {
            return new Ed25519PublicKey(KeyText.decode(text, Ed25519PublicKey.PREFIX));
        }
        throw new IllegalArgumentException(
                text.startsWith(SignatureVersion.V1A.prefix())
                        ? "is the secret key of the sender; use its public key, which begins with whpk_"
                        : "begins neither with whsec_ nor with whpk_");
    }

    /** The same by another clock. */
    public WebhookVerifier at(InstantSource other) {
        return new WebhookVerifier(keys, other);
    }

    /**
     * Returns the id of a good request. Repeats of a request have the same id: remember it for as long as they must not be acted on.
     *
     * @param headers of the request, by names in any letter case; more of them than the three of {@link WebhookHeaders} do not matter
     * @param body the bytes as they came: another form of the same JSON does not match
     * @throws WebhookVerificationException if the request is anything else, and nothing else whatever the request is. It was not signed, the secret is
     *     another, something was changed, or its time is more than {@link #TOLERANCE_SECONDS} from this clock
     */
    public String verify(Map<String, ? extends Collection<String>> headers, byte[] body)
            throws WebhookVerificationException {
        if (headers == null || body == null) {
            throw new WebhookVerificationException("The request has no headers or no body: give empty ones");
        }
        String id =
                matching(ID, WebhookHeaders.ID, headers, "is not 1 to 256 visible characters of ASCII without a dot");
        String time = matching(SECONDS, WebhookHeaders.TIMESTAMP, headers, "is no number of seconds");
        String signatures = only(WebhookHeaders.SIGNATURE, headers);
        long seconds = Long.parseLong(time);
        long behind = clock.instant().getEpochSecond() - seconds;
        if (Math.abs(behind) > TOLERANCE_SECONDS) {
            throw refused(
                    WebhookHeaders.TIMESTAMP,
                    "is %s s %s of this clock, more than the %s s that are allowed"
                            .formatted(Math.abs(behind), behind > 0 ? "behind" : "ahead", TOLERANCE_SECONDS));
        }
        if (!anyIsRight(split(signatures), Signable.of(id, seconds, body))) {
            throw refused(
                    WebhookHeaders.SIGNATURE,
                    "has no signature that is right: the request was changed, or signed with another secret");
        }
        return id;
    }

    private boolean anyIsRight(List<String> signatures, Signable signable) {
        for (VerifyingKey key : keys) {
            String version = key.version().wireName() + ",";
            List<String> ofVersion =
                    signatures.stream().filter(each -> each.startsWith(version)).toList();
            if (ofVersion.isEmpty()) {
                continue;
            }
            Predicate<String> isRight = key.signatureOf(signable);
            if (ofVersion.stream().map(each -> each.substring(version.length())).anyMatch(isRight)) {
                return true;
            }
        }
        return false;
    }

    private static List<String> split(String signatures) throws WebhookVerificationException {
        if (signatures.length() > MOST_CHARACTERS) {
            throw refused(WebhookHeaders.SIGNATURE, "has more than " + MOST_CHARACTERS + " characters");
        }
        List<String> each = Stream.of(signatures.split(" ", -1))
                .filter(text -> !text.isEmpty())
                .toList();
        if (each.size() > MOST_SIGNATURES) {
            throw refused(WebhookHeaders.SIGNATURE, "has more than " + MOST_SIGNATURES + " signatures");
        }
        return each;
    }

    private static String matching(
            Pattern form, String name, Map<String, ? extends Collection<String>> headers, String otherwise)
            throws WebhookVerificationException {
        String value = only(name, headers);
        if (!form.matcher(value).matches()) {
            throw refused(name, otherwise);
        }
        return value;
    }

    /** Two values would be read in two ways. */
    private static String only(String name, Map<String, ? extends Collection<String>> headers)
            throws WebhookVerificationException {
        List<String> values = headers.entrySet().stream()
                .filter(header -> name.equalsIgnoreCase(header.getKey()) && header.getValue() != null)
                .<String>flatMap(header -> header.getValue().stream())
                .filter(Objects::nonNull)
                .toList();
        if (values.size() != 1) {
            throw refused(name, values.isEmpty() ? "is missing" : "is there more than once");
        }
        return values.get(0);
    }

    private static WebhookVerificationException refused(String header, String reason) {
        return new WebhookVerificationException(header + " " + reason);
    }
}
