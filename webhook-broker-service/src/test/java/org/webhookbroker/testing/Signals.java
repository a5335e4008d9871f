package org.webhookbroker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;

final class Signals {
    private Signals() {}

    static void send(long pid, String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                    .start()
                    .onExit()
                    .join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
