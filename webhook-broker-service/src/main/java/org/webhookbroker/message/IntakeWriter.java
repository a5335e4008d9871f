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
 * Group commit: takes all that waits, writes it in one transaction, and then answers. A lone message is written at once; a burst
 * shares one sync of the disk (G1).
 */
final class IntakeWriter<T extends Draft> implements BackgroundLoop.Duty {
    private static final Logger LOG = LoggerFactory.getLogger(IntakeWriter.class);
    private static final Duration IDLE = Duration.ofMillis(200);

    /** How often a batch may lose against writers of the same ids. After that its producers are asked to repeat. */
    private static final int ROUNDS = 10;

    private record Key(Xid channel, String publicId) {
        static Key of(Draft draft) {
            return new Key(draft.channelId(), draft.publicId());
        }
    }

    private final Database database;
    private final IntakeQueue<T> queue;
    private final GroupTarget<T> target;
    private final LongAdder accepted;
    private boolean works = true;

    IntakeWriter(Database database, IntakeQueue<T> queue, GroupTarget<T> target, LongAdder accepted) {
        this.database = database;
        this.queue = queue;
        this.target = target;
        this.accepted = accepted;
    }

    /** After a failure, a pass with nothing to write runs a query: an idle pass does not show that the database is back. */
    @Override
    public boolean runOnce() throws InterruptedException {
        List<Submission<T>> batch = queue.take(IDLE);
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

    private void write(List<Submission<T>> batch) {
        try {
            List<Submission<T>> open = answerRepeats(batch);
            for (int round = 0; round < ROUNDS && !open.isEmpty(); round++) {
                open = commit(open);
            }
        } finally {
            batch.forEach(submission -> submission.result.complete(BroadcastResult.UNAVAILABLE));
        }
    }

    /** Commits all or none. Returns those that may be tried again. */
    private List<Submission<T>> commit(List<Submission<T>> open) {
        try {
            target.commit(open.stream().map(submission -> submission.draft).toList());
        } catch (ChannelGoneException gone) {
            return open.size() == 1 ? List.of() : commitHalves(open);
        } catch (TakenException taken) {
            return answerDuplicates(open);
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
        open.forEach(submission -> submission.result.complete(BroadcastResult.ACCEPTED));
        return List.of();
    }

    /** The database refuses one of them. That must not fail the requests of others. */
    private List<Submission<T>> commitHalves(List<Submission<T>> open) {
        int middle = open.size() / 2;
        List<Submission<T>> left = new ArrayList<>(commit(open.subList(0, middle)));
        left.addAll(commit(open.subList(middle, open.size())));
        return left;
    }

    private List<Submission<T>> refuse(Submission<T> submission, JdbiException failure) {
        LOG.error(
                "The database refuses message {} of the channel with the internal id {}: {}",
                submission.draft.publicId(),
                submission.draft.channelId(),
                failure.getMessage());
        submission.result.complete(BroadcastResult.REFUSED);
        return List.of();
    }

    /** When an id comes twice in one batch, the first one has it. */
    private List<Submission<T>> answerRepeats(List<Submission<T>> batch) {
        Set<Key> seen = new HashSet<>();
        List<Submission<T>> first = new ArrayList<>(batch.size());
        for (Submission<T> submission : batch) {
            if (seen.add(Key.of(submission.draft))) {
                first.add(submission);
            } else {
                submission.result.complete(BroadcastResult.DUPLICATE);
            }
        }
        return first;
    }

    /** Answers those whose id is taken, and returns the others. It reads one by one, since few batches have a duplicate. */
    private List<Submission<T>> answerDuplicates(List<Submission<T>> open) {
        List<Submission<T>> fresh = new ArrayList<>(open.size());
        database.withHandle(handle -> {
            for (Submission<T> submission : open) {
                if (target.isTaken(handle, submission.draft)) {
                    submission.result.complete(BroadcastResult.DUPLICATE);
                } else {
                    fresh.add(submission);
                }
            }
            return null;
        });
        return fresh;
    }
}
