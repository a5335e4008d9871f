package org.webhookbroker.http.server;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Times on the wire: UTC with {@code Z}, trailing zeros of the fraction dropped. */
public final class Rfc3339 {
    private static final DateTimeFormatter FORM = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .appendLiteral('Z')
            .toFormatter(Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static final Pattern DATE_TIME = Pattern.compile(
            "(\\d{4})-(\\d{2})-(\\d{2})[Tt](\\d{2}):(\\d{2}):(\\d{2})(?:\\.(\\d+))?(?:[Zz]|([+-])(\\d{2}):(\\d{2}))");

    private Rfc3339() {}

    public static String text(Instant time) {
        return FORM.format(time);
    }

    /**
     * Empty unless the text is exactly what RFC 3339 calls a date-time: with seconds and a zone, in either letter case. Nine
     * digits of a fraction count. A leap second is read as the second after it, and accepted only at the end of a month.
     */
    public static Optional<Instant> parse(String text) {
        Matcher parts = DATE_TIME.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        int second = number(parts, 6);
        boolean leap = second == 60;
        try {
            LocalDateTime utc = LocalDateTime.of(
                            number(parts, 1),
                            number(parts, 2),
                            number(parts, 3),
                            number(parts, 4),
                            number(parts, 5),
                            leap ? 59 : second,
                            nanos(parts.group(7)))
                    .minus(offset(parts));
            return leap && !isLastSecondOfAMonth(utc)
                    ? Optional.empty()
                    : Optional.of(utc.plusSeconds(leap ? 1 : 0).toInstant(ZoneOffset.UTC));
        } catch (DateTimeException notOne) {
            return Optional.empty();
        }
    }

    private static Duration offset(Matcher parts) {
        if (parts.group(8) == null) {
            return Duration.ZERO;
        }
        LocalTime size = LocalTime.of(number(parts, 9), number(parts, 10));
        Duration offset = Duration.between(LocalTime.MIDNIGHT, size);
        return parts.group(8).equals("-") ? offset.negated() : offset;
    }

    private static int nanos(@Nullable String fraction) {
        return fraction == null ? 0 : Integer.parseInt((fraction + "00000000").substring(0, 9));
    }

    private static boolean isLastSecondOfAMonth(LocalDateTime utc) {
        LocalDateTime next = utc.withNano(0).plusSeconds(1);
        return next.getDayOfMonth() == 1 && next.toLocalTime().equals(LocalTime.MIDNIGHT);
    }

    private static int number(Matcher parts, int group) {
        return Integer.parseInt(parts.group(group));
    }

    static SimpleModule jacksonModule() {
        return new SimpleModule("rfc3339").addSerializer(new Serializer());
    }

    private static final class Serializer extends StdSerializer<Instant> {
        private Serializer() {
            super(Instant.class);
        }

        @Override
        public void serialize(Instant time, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeString(text(time));
        }
    }
}
