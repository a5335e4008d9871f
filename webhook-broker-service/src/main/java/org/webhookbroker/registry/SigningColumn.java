package org.webhookbroker.registry;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.webhookbroker.signature.SigningSecret;

/**
 * The one place where signing secrets are written to the database and read from it: those of a consumer are one text, the newest first with blanks
 * between, and behind each previous one {@code @} and the second when it ends.
 */
final class SigningColumn {
    private SigningColumn() {}

    static String text(Signing signing) {
        return Stream.concat(
                        signing.secret().map(SigningSecret::text).stream(),
                        signing.previous().stream()
                                .map(each -> each.secret().text()
                                        + "@"
                                        + each.until().getEpochSecond()))
                .collect(Collectors.joining(" "));
    }

    static Signing read(String text, boolean sendToken) {
        if (text.isEmpty()) {
            return new Signing(Optional.empty(), List.of(), sendToken);
        }
        try {
            String[] secrets = text.split(" ", -1);
            return new Signing(
                    Optional.of(SigningSecret.parse(secrets[0])),
                    Arrays.stream(secrets).skip(1).map(SigningColumn::previous).toList(),
                    sendToken);
        } catch (RuntimeException malformed) { // Its message may hold a secret.
            throw new IllegalStateException("The signing secrets of a consumer cannot be read from the database");
        }
    }

    private static Signing.Previous previous(String text) {
        int at = text.indexOf('@');
        return new Signing.Previous(
                SigningSecret.parse(text.substring(0, at)),
                Instant.ofEpochSecond(Long.parseLong(text.substring(at + 1))));
    }
}
