package org.webhookbroker.job;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.webhookbroker.database.Xid;

/** What a search for dead jobs needs to know of one. */
public record DeadLetter(Xid id, Instant diedAt, String reason) {
    /** Which dead jobs of a consumer are meant: died from {@code from} on and before {@code to}, for {@code reason}. */
    public record Filter(Optional<Instant> from, Optional<Instant> to, Optional<String> reason) {
        public static final Filter ALL = new Filter(Optional.empty(), Optional.empty(), Optional.empty());

        public boolean matches(DeadLetter letter) {
            return from.filter(start -> letter.diedAt().isBefore(start)).isEmpty()
                    && to.filter(end -> !letter.diedAt().isBefore(end)).isEmpty()
                    && reason.filter(code -> !letter.reason().equals(code)).isEmpty();
        }
    }

    /**
     * One page of a search. Each page brings the search on, however few dead letters match.
     *
     * @param matches those of the page that are meant, oldest message first
     * @param next where the next page begins; empty at the end
     */
    public record Page(List<DeadLetter> matches, Optional<Xid> next) {}
}
