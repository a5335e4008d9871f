package org.webhookbroker.registry;

/** The registry has as much as it may have; the message says what to do. */
public final class RegistryFullException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RegistryFullException(String message) {
        super(message, null, false, false);
    }
}
