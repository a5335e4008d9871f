package org.webhookbroker.retention;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** From some line on, a file is no valid archive. */
final class DamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedException(@Nullable Throwable cause) {
        super("not a line of an archive", cause);
    }
}
