package org.webhookbroker.message;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jdbi.v3.core.JdbiException;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;

/**
 * Group commit: takes all that waits, writes it in one transaction, then answers. A lone message is written at once, a
 * burst shares the disk's sync (G1).
 */
final class IntakeWriter implements BackgroundLoop.Duty {
    private static final Duration IDLE = Duration.ofMillis(200);

    /** A batch loses against writers of the same ids at most this often before its producers are asked to repeat. */
    private static final int ROUNDS = 10;

    private record Key(Xid channel, String publicId) {
        static Key of(Submission submission) {
            return new Key(submission.channel.id(), submission.publicId);
        }
    }

    private final Database database;
    private final IntakeQueue queue;
    private final IntakeTransaction transaction;
    private final LongAdder accepted;
    private final MessageStore messages = new MessageStore();

    IntakeWriter(Database database, IntakeQueue queue, IntakeTransaction transaction, LongAdder accepted) {
        this.accepted = accepted;
        this.database = database;
        this.queue = queue;
        this.transaction = transaction;
    }

    @Override
    public boolean runOnce() throws InterruptedException {
        List<Submission> batch = queue.take(IDLE);
        if (!batch.isEmpty()) {
            write(batch);
        }
        return true;
    }

    private void write(List<Submission> batch) {
        try {
            List<Submission> open = answerRepeats(batch);
            for (int round = 0; round < ROUNDS && !open.isEmpty() && !commit(open); round++) {
                open = answerDuplicates(open);
            }
        } finally {
            batch.forEach(submission -> submission.receipt.complete(Receipt.UNAVAILABLE));
        }
    }

    /** False when one of them is in the table already, so that none was written. */
    private boolean commit(List<Submission> open) {
        try {
            transaction.commit(open);
        } catch (JdbiException failure) {
            if (Database.isDuplicateKey(failure)) {
                return false;
            }
            throw failure;
        }
        accepted.add(open.size());
        open.forEach(submission -> submission.receipt.complete(Receipt.ACCEPTED));
        return true;
    }

    /** An id that comes twice in one batch: the first one has it. */
    private static List<Submission> answerRepeats(List<Submission> batch) {
        Set<Key> seen = new HashSet<>();
        List<Submission> first = new ArrayList<>(batch.size());
        for (Submission submission : batch) {
            if (seen.add(Key.of(submission))) {
                first.add(submission);
            } else {
                submission.receipt.complete(Receipt.DUPLICATE);
            }
        }
        return first;
    }

    /** Answers those whose id is taken and returns the others. Reads one by one: only batches with a duplicate pay. */
    private List<Submission> answerDuplicates(List<Submission> open) {
        List<Submission> fresh = new ArrayList<>(open.size());
        database.withHandle(handle -> {
            for (Submission submission : open) {
                if (messages.exists(handle, submission.channel.id(), submission.publicId)) {
                    submission.receipt.complete(Receipt.DUPLICATE);
                } else {
                    fresh.add(submission);
                }
            }
            return null;
        });
        return fresh;
    }
}
