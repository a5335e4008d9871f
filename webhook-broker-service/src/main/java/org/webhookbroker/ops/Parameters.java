package org.webhookbroker.ops;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** What the operator passed to a task. A name that the task does not know is refused: it may be a misspelt filter. */
final class Parameters {
    private final Map<String, List<String>> values;

    Parameters(Map<String, List<String>> values, List<String> known) throws BadParameterException {
        this.values = values;
        for (String name : new TreeSet<>(values.keySet())) {
            if (!known.contains(name)) {
                throw new BadParameterException("Parameter \"" + name.replaceAll("\\p{Cntrl}", "?")
                        + "\" is unknown here: use " + String.join(", ", known));
            }
        }
    }

    Optional<String> text(String name) throws BadParameterException {
        List<String> given = values.getOrDefault(name, List.of());
        if (given.size() > 1) {
            throw BadParameterException.of(name, String.join("\", \"", given), "give it once");
        }
        return given.stream().filter(value -> !value.isEmpty()).findFirst();
    }

    String required(String name) throws BadParameterException {
        return text(name).orElseThrow(() -> new BadParameterException("Parameter \"" + name + "\" is missing"));
    }

    Optional<Instant> time(String name) throws BadParameterException {
        Optional<String> text = text(name);
        try {
            // A plus sign that was not escaped in the URL arrives as a blank.
            return text.map(
                    value -> OffsetDateTime.parse(value.replace(' ', '+')).toInstant());
        } catch (DateTimeException malformed) {
            throw BadParameterException.of(
                    name, text.orElse(""), "write a time with its zone, as in 2026-01-31T12:00:00Z (RFC 3339)");
        }
    }

    long number(String name, long otherwise, long least, long most) throws BadParameterException {
        Optional<String> text = text(name);
        String wayOut = "write a whole number from " + least + " to " + most;
        try {
            long number = text.map(Long::valueOf).orElse(otherwise);
            if (number < least || number > most) {
                throw BadParameterException.of(name, text.orElse(""), wayOut);
            }
            return number;
        } catch (NumberFormatException malformed) {
            throw BadParameterException.of(name, text.orElse(""), wayOut);
        }
    }

    boolean flag(String name) throws BadParameterException {
        String text = text(name).orElse("false");
        if (!text.equals("true") && !text.equals("false")) {
            throw BadParameterException.of(name, text, "write true or false");
        }
        return text.equals("true");
    }
}
