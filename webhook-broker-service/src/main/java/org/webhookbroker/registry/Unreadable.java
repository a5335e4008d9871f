package org.webhookbroker.registry;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.secrets.SecretUnreadableException;

/** What becomes of an entry whose secrets this node cannot read. */
enum Unreadable {
    /** A node does not begin with what it cannot read. */
    REFUSED,
    /** A node that runs goes on, since another one has written by a key that this one does not have yet. */
    KEPT,
    /** Nobody asks for its secrets. */
    UNASKED;

    private static final Logger LOG = LoggerFactory.getLogger(Unreadable.class);

    /** Throws it, or tells the log. */
    void met(SecretUnreadableException reason) {
        if (this == REFUSED) {
            throw reason;
        }
        if (this == KEPT) {
            LOG.error(
                    "{}. Until then this node answers 503 to what needs it, and leaves jobs of such a consumer to other nodes",
                    reason.reason());
        }
    }
}
