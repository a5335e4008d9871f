package org.webhookbroker.testing;

import org.webhookbroker.audit.Action;
import org.webhookbroker.audit.Deed;
import org.webhookbroker.audit.Who;

/** Whom tests name for what they change. */
public final class Auditing {
    public static final Who TEST = Who.within("test");
    public static final Deed PUT = TEST.doing(Action.PUT);

    private Auditing() {}
}
