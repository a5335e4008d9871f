package org.webhookbroker.message;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.database.DataError;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;

/**
 * Group commit: takes all that waits, writes it in one transaction, then answers. A lone message is written at once, a
 * burst shares the disk's sync (G1).
 */
final class IntakeWriter implements BackgroundLoop.Duty {
    private static final Logger LOG = LoggerFactory.getLogger(IntakeWriter.class);
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
    private boolean works = true;

    IntakeWriter(Database database, IntakeQueue queue, IntakeTransaction transaction, LongAdder accepted) {
        this.accepted = accepted;
        this.database = database;
        this.queue = queue;
        this.transaction = transaction;
    }

    /** After a failure an idle pass asks the database, since having had nothing to do is no sign of health. */
    @Override
    public boolean runOnce() throws InterruptedException {
        List<Submission> batch = queue.take(IDLE);
        boolean worked = works;
        works = false;
        if (!batch.isEmpty()) {
            write(batch);
        } else if (!worked) {
            database.withHandle(handle -> handle.execute("SELECT 1"));
        }
        works = true;
        return true;
    }

    private void write(List<Submission> batch) {
        try {
            List<Submission> open = answerRepeats(batch);
            for (int round = 0; round < ROUNDS && !open.isEmpty(); round++) {
                open = commit(open);
            }
        } finally {
            batch.forEach(submission -> submission.receipt.complete(Receipt.UNAVAILABLE));
        }
    }

    /** All of them or none; returns those to be tried again, without the ones for which that would be in vain. */
    private List<Submission> commit(List<Submission> open) {
        try {
            transaction.commit(open);
        } catch (JdbiException failure) {
            if (Database.isDuplicateKey(failure)) {
                return answerDuplicates(open);
            }
            if (DataError.isCauseOf(failure)) {
                return open.size() == 1 ? refuse(open.get(0), failure) : commitHalves(open);
            }
            throw failure;
        }
        accepted.add(open.size());
        open.forEach(submission -> submission.receipt.complete(Receipt.ACCEPTED));
        return List.of();
    }

    /** One of them is what the database refuses, and that must fail nobody else's request. */
    private List<Submission> commitHalves(List<Submission> open) {
        int middle = open.size() / 2;
        List<Submission> left = new ArrayList<>(commit(open.subList(0, middle)));
        left.addAll(commit(open.subList(middle, open.size())));
        return left;
    }

    private static List<Submission> refuse(Submission submission, JdbiException failure) {
        LOG.error(
                "The database refuses message {} of channel {}: {}",
                submission.publicId,
                submission.channel.publicId(),
                failure.getMessage());
        submission.receipt.complete(Receipt.REFUSED);
        return List.of();
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
