package org.webhookbroker.retention;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file is not the archive that it should be, from some line on. */
final class DamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedException(@Nullable Throwable cause) {
        super("not a line of an archive", cause);
    }
}
