package org.webhookbroker.outbound.tls;

import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.database.StartRefusedException;
import org.webhookbroker.outbound.tls.TlsProfileFactory.Contents;

/** A profile whose files may change. One thread looks at them; any may use what they held last. */
final class WatchedProfile {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedProfile.class);

    private final TlsProfileFactory source;
    private final InstantSource clock;
    private Contents contents;
    private String trouble = "";
    private volatile TlsProfile current;

    /** What cannot be used is a {@link StartRefusedException} that says why. */
    WatchedProfile(TlsProfileFactory source, InstantSource clock) {
        this.source = source;
        this.clock = clock;
        this.contents = source.read();
        this.current = contents.profile(source.name);
        tell(untimely());
    }

    TlsProfile current() {
        return current;
    }

    /** Files that cannot be used change nothing: they may be half written. */
    void look() {
        try {
            Contents now = source.read();
            if (!now.equals(contents)) {
                current = now.profile(source.name);
                contents = now;
                LOG.info("TLS profile {} has changed: {}", source.name, now);
            }
            tell(untimely());
        } catch (StartRefusedException unusable) {
            tell("stays as it was. " + unusable.getMessage());
        } catch (RuntimeException ofAParser) {
            // Its text may have parts of a file; and the profiles after this one must not wait.
            tell("stays as it was. Java cannot read its files: "
                    + ofAParser.getClass().getName());
        }
    }

    /** A certificate that has ended must not keep a broker from starting that has other consumers too. */
    private String untimely() {
        return contents.identity()
                .flatMap(own -> own.untimely(clock.instant()))
                .map(why -> "has a client certificate that its consumers refuse: it " + why)
                .orElse("");
    }

    /** Once. */
    private void tell(String now) {
        if (!now.isEmpty() && !now.equals(trouble)) {
            LOG.warn("TLS profile {} {}", source.name, now);
        }
        trouble = now;
    }
}
