package org.webhookbroker.retention;

import static org.webhookbroker.retention.DamagedException.require;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.webhookbroker.registry.ValueRules;

/** What the texts of an archived message may hold. */
final class ArchivedTexts {
    /** RFC 9110 5.6.2. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,255}");

    private ArchivedTexts() {}

    static void requireId(String field, String value) throws DamagedException {
        Optional<String> wrong = ValueRules.text(field, value);
        require(wrong.isEmpty(), wrong.orElse(""));
        requireWhole(field, value);
    }

    static void requireHeader(String name, String value) throws DamagedException {
        require(TOKEN.matcher(name).matches(), "`Headers` has a name that no header can have");
        require(
                value.chars().allMatch(c -> c == '\t' || !Character.isISOControl(c)),
                "`Headers` has a value with a control character");
        requireWhole("Headers", value);
    }

    /** Half a character has no bytes in UTF-8, so the database would store another text. */
    private static void requireWhole(String field, String value) throws DamagedException {
        require(StandardCharsets.UTF_8.newEncoder().canEncode(value), "`" + field + "` holds half of a character");
    }
}
