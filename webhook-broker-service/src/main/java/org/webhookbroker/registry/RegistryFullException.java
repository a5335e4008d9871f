package org.webhookbroker.registry;

/** The registry has as much as it may have; the message says what to do. */
public final class RegistryFullException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String advice;

    RegistryFullException(String message, String advice) {
        super(message + ": " + advice, null, false, false);
        this.advice = "the registry has as much as `registry.maxEntries` allows: " + advice;
    }

    /** The message for those who are not to know how much others have in it. */
    public String withoutNumbers() {
        return advice;
    }
}
