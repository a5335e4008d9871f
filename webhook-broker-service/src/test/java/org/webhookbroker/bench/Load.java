package org.webhookbroker.bench;

import java.time.Duration;

/** Producers in a closed loop: each sends its next message when the last one is acknowledged. */
interface Load {
    Sent send(Duration length) throws Exception;
}
