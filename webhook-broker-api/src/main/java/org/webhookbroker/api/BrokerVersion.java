package org.webhookbroker.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The version of this build, which Maven writes into {@code version.txt} and {@code revision.txt}. */
public final class BrokerVersion {
    public static final String CURRENT = read("version.txt");

    /** The commit that it was built from. Empty where the build was not told, as only that of a release is. */
    public static final String REVISION = read("revision.txt");

    private BrokerVersion() {}

    private static String read(String resource) {
        try (InputStream in = Objects.requireNonNull(BrokerVersion.class.getResourceAsStream(resource))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
