package org.webhookbroker.quota;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The way of one broadcast past the quotas: asked before its body is read, and counted once it is whole. */
public final class Pass {
    /** Where no quota is set. */
    public static final Pass FREE = new Pass(null, null, null);

    private final @Nullable SendQuotas quotas;
    private final @Nullable Sender sender;
    private final @Nullable ChannelRoom room;

    /** @param room null if it makes no jobs now, or its channel's consumers have no quota */
    Pass(@Nullable SendQuotas quotas, @Nullable Sender sender, @Nullable ChannelRoom room) {
        this.quotas = quotas;
        this.sender = sender;
        this.room = room;
    }

    /**
     * Which quota refuses it. Nothing is counted, so that nobody uses up a quota by what is never sent.
     *
     * @param payload its length as announced, or 1
     */
    public Optional<Excess> refusal(long payload) {
        Optional<Excess> refusal = room == null ? Optional.empty() : room.refusal();
        return refusal.isPresent() || quotas == null || sender == null ? refusal : quotas.excess(sender, payload);
    }

    /** Which quota holds it for a while. */
    public Optional<Excess> reasonToHold() {
        return room == null ? Optional.empty() : room.reasonToHold();
    }

    /** Completed when it may go on; empty when too many are held. */
    public Optional<CompletableFuture<Void>> hold(long payload) {
        return room == null ? Optional.of(CompletableFuture.completedFuture(null)) : room.hold(payload);
    }

    /** Counts it, unless a quota refuses it. If it is counted it must {@link #end}. */
    public Optional<Excess> take(long payload) {
        Optional<Excess> refusal = room == null ? Optional.empty() : room.enter();
        if (refusal.isPresent() || quotas == null || sender == null) {
            return refusal;
        }
        Optional<Excess> excess = quotas.take(sender, payload);
        if (excess.isPresent() && room != null) {
            room.leave(false);
        }
        return excess;
    }

    /** Its transaction has ended. What it has used of its quotas it has used, whatever became of it. */
    public void end() {
        if (room != null) {
            room.leave(true);
        }
    }
}
