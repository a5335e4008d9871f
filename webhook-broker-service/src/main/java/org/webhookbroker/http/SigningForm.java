package org.webhookbroker.http;

import java.util.Optional;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.registry.Signing;
import org.webhookbroker.signature.SignatureVersion;
import org.webhookbroker.signature.SigningSecret;

/** Reads from a form how a consumer is signed. */
final class SigningForm {
    private static final String SECRET = "signingSecret";

    private SigningForm() {}

    /**
     * The defaults are those of a token: no {@code signing} means none, no secret a new one.
     *
     * @param existing what the consumer has
     * @param part whether fields that are left out keep it
     */
    static Signing read(UrlEncoded form, Optional<Signing> existing, boolean part) {
        Optional<Signing> kept = part ? existing : Optional.empty();
        String name = EntryForm.field(form, "signing", kept.map(Signing::wireName));
        boolean sendToken = sendToken(
                EntryForm.field(form, "sendToken", kept.map(signing -> Boolean.toString(signing.sendToken()))));
        if (name.isEmpty() || name.equals("none")) {
            requireNothingElse(form, sendToken);
            return Signing.NONE;
        }
        SignatureVersion version = version(name, "neither none nor v1 nor v1a; leave it out for none");
        SigningSecret secret = kept.flatMap(Signing::secret)
                .filter(known -> known.version() == version && !form.has(SECRET))
                .orElseGet(() -> secret(form, version));
        // The same secret again is no change, so it does not end those before it.
        return existing.filter(known -> known.secret().equals(Optional.of(secret)))
                .map(known -> new Signing(known.secret(), known.previous(), sendToken))
                .orElseGet(() -> Signing.with(secret, sendToken));
    }

    /** The secret of the form, or a new one. */
    static SigningSecret secret(UrlEncoded form, SignatureVersion version) {
        String text = form.first(SECRET);
        if (text.isEmpty()) {
            return SigningSecret.make(version);
        }
        SigningSecret given = parse(text);
        if (given.version() != version) {
            throw bad(
                    "`signingSecret` begins with %s, but `signing` is %s: use one that begins with %s, or leave it out for a new one"
                            .formatted(given.version().prefix(), version.wireName(), version.prefix()));
        }
        return given;
    }

    private static SigningSecret parse(String text) {
        try {
            return SigningSecret.parse(text);
        } catch (IllegalArgumentException malformed) {
            throw bad("`signingSecret` " + malformed.getMessage() + "; leave it out for a new one");
        }
    }

    static SignatureVersion version(String name, String wrong) {
        return SignatureVersion.parse(name).orElseThrow(() -> bad("`signing` is " + wrong));
    }

    private static boolean sendToken(String text) {
        return switch (text) {
            case "true", "" -> true;
            case "false" -> false;
            default -> throw bad("`sendToken` is neither true nor false; leave it out for true");
        };
    }

    private static void requireNothingElse(UrlEncoded form, boolean sendToken) {
        if (!form.first(SECRET).isEmpty()) {
            throw bad(
                    "`signingSecret` is given, but `signing` is none: set `signing` to v1 or v1a, or leave the secret out");
        }
        if (!sendToken) {
            throw bad("`sendToken` is false, but `signing` is none, so nothing would say who sends:"
                    + " set `signing` to v1 or v1a, or `sendToken` to true");
        }
    }

    private static Refusal bad(String what) {
        return Refusal.of(400, "Bad Request: " + what);
    }
}
