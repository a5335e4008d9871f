package org.webhookbroker.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The version of this build, which Maven writes into {@code version.txt}. */
public final class BrokerVersion {
    public static final String CURRENT = read();

    private BrokerVersion() {}

    private static String read() {
        try (InputStream in = Objects.requireNonNull(BrokerVersion.class.getResourceAsStream("version.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
