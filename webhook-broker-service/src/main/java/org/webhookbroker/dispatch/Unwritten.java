package org.webhookbroker.dispatch;

import org.jspecify.annotations.Nullable;
import org.webhookbroker.job.Settlement;

/**
 * An outcome that is not recorded yet.
 *
 * @param lane whose room the job takes, or null when it takes none
 */
record Unwritten(@Nullable Lane lane, Settlement settlement) {
    int holder() {
        return settlement.job().holder();
    }
}
