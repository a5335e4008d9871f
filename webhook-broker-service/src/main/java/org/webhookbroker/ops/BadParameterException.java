package org.webhookbroker.ops;

/** The operator's input cannot be used; the message names the parameter, and says what to write instead. */
final class BadParameterException extends Exception {
    private static final long serialVersionUID = 1L;

    BadParameterException(String message) {
        super(message);
    }

    static BadParameterException of(String name, String value, String wayOut) {
        String shown = value.length() <= 100 ? value : value.substring(0, 100) + "...";
        return new BadParameterException(
                "Parameter \"%s\" is \"%s\": %s".formatted(name, shown.replaceAll("\\p{Cntrl}", "?"), wayOut));
    }
}
