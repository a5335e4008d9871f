package org.webhookbroker.auth;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A key that somebody wants. */
record NewKey(String name, Role role, ChannelScope channels, Optional<String> producer, Optional<Instant> endsAt) {
    /** What {@link #of} reads. */
    static final List<String> NAMES = List.of("role", "name", "channel", "producer", "ends");

    /** Whose routes are of one channel. */
    private static final Set<Role> OF_CHANNELS = EnumSet.of(Role.REGISTER, Role.BROADCAST, Role.CONSUME);

    private static final int MAX_TEXT = 255;
    private static final Instant LAST_END = Instant.parse("9999-12-31T00:00:00Z");

    /**
     * As people write it, in a command or a task.
     *
     * @throws KeyRefusedException if it is no key that could be
     */
    static NewKey of(Map<String, String> given) {
        String roleName = required(given, "role");
        Role role = Role.parse(roleName)
                .orElseThrow(() -> new KeyRefusedException("role: \"" + roleName + "\" is none; use "
                        + Arrays.stream(Role.values()).map(Role::wireName).collect(Collectors.joining(", "))));
        Optional<String> channel = text(given, "channel");
        Optional<String> producer = text(given, "producer");
        if (channel.isPresent() && !OF_CHANNELS.contains(role)) {
            throw new KeyRefusedException("channel: a key of the role " + roleName
                    + " is for all; leave it out, or use register, broadcast or consume");
        }
        if (producer.isPresent() && role != Role.BROADCAST) {
            throw new KeyRefusedException("producer: is for the role broadcast alone; leave it out");
        }
        return new NewKey(
                required(given, "name"),
                role,
                channel.map(NewKey::scope).orElse(ChannelScope.ALL),
                producer,
                text(given, "ends").map(NewKey::time));
    }

    private static ChannelScope scope(String text) {
        if (text.substring(0, text.length() - 1).contains("*")) {
            throw new KeyRefusedException("channel: write an id, or the beginning of ids with * behind it");
        }
        return new ChannelScope(text);
    }

    private static Instant time(String text) {
        try {
            // A plus sign that was not escaped in a URL arrives as a blank.
            Instant end = OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
            if (end.isAfter(LAST_END)) {
                throw new KeyRefusedException("ends: is too far away; leave it out for a key that has no end");
            }
            return end;
        } catch (DateTimeException malformed) {
            throw new KeyRefusedException("ends: write a time with its zone, as in 2027-01-31T12:00:00Z (RFC 3339)");
        }
    }

    private static String required(Map<String, String> given, String field) {
        return text(given, field).orElseThrow(() -> new KeyRefusedException(field + ": is missing"));
    }

    private static Optional<String> text(Map<String, String> given, String field) {
        Optional<String> text = Optional.ofNullable(given.get(field)).filter(value -> !value.isEmpty());
        text.ifPresent(value -> {
            if (value.codePointCount(0, value.length()) > MAX_TEXT
                    || value.chars().anyMatch(Character::isISOControl)) {
                throw new KeyRefusedException(
                        field + ": use 1 to " + MAX_TEXT + " characters, and no control characters");
            }
        });
        return text;
    }
}
