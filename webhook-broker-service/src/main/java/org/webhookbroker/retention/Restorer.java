package org.webhookbroker.retention;

import java.time.Instant;
import java.util.Optional;
import org.webhookbroker.audit.Action;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.audit.Operation;
import org.webhookbroker.audit.Who;
import org.webhookbroker.registry.Consumer;

/** Brings archived messages back, for one consumer. Thread-safe. */
public final class Restorer {
    /**
     * Which archived messages are meant: those of the consumer's channel that were received from {@code from} on and before
     * {@code to}.
     *
     * @param source a folder or a URL that the configured places hold; empty for all of them
     */
    public record Request(
            Consumer consumer,
            Optional<Instant> from,
            Optional<Instant> to,
            Optional<String> messageId,
            Optional<String> source) {
        boolean means(ArchivedMessage message) {
            return message.channelId().equals(consumer.channel().publicId())
                    && messageId.filter(id -> !id.equals(message.publicId())).isEmpty()
                    && from.filter(start -> message.receivedAt().isBefore(start))
                            .isEmpty()
                    && to.filter(end -> !message.receivedAt().isBefore(end)).isEmpty();
        }
    }

    private final RestoreStore store;
    private final AuditTrail trail;
    private final ArchivePlaces places;

    Restorer(RestoreStore store, AuditTrail trail, ArchivePlaces places) {
        this.store = store;
        this.trail = trail;
        this.places = places;
    }

    /** Whether archives may be read from there: a folder or a URL that lies in one of the configured places. */
    public boolean isSource(String source) {
        return places.within(source).isPresent();
    }

    /** False when the configuration names no archives. */
    public boolean hasSource() {
        return places.any();
    }

    /** Close it always. */
    public RestoreRun begin(Request request, Who who) {
        Operation recorded =
                trail.begin(who.doing(Action.RESTORE).on(request.consumer().target()));
        return new RestoreRun(store, ArchiveLines.of(open(request.source())), request, recorded);
    }

    /** The remote archives if there are any, since those of all nodes are there. */
    private ArchiveStore open(Optional<String> source) {
        ArchivePlaces meant = source.isEmpty()
                ? places
                : places.within(source.get())
                        .orElseThrow(() -> new RetentionException("The source is no place of the configuration"));
        return meant.remote().or(meant::local).orElseThrow();
    }
}
