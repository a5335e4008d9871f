package org.webhookbroker.dispatch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Jobs by priority, and first in, first out within a priority. Every eighth job is the one that has waited longest, whatever its
 * priority, so that low priorities do not starve (G11). Not thread-safe: its lane guards it.
 */
final class ReadyQueue {
    private static final int FAIRNESS = 8;

    private record Entry(long order, HeldJob job) {}

    private final TreeMap<Integer, Queue<Entry>> byPriority = new TreeMap<>(Comparator.reverseOrder());
    private long added;
    private long taken;
    private int size;

    void add(HeldJob job) {
        byPriority
                .computeIfAbsent(job.lease().priority(), priority -> new ArrayDeque<>())
                .add(new Entry(added++, job));
        size++;
    }

    @Nullable
    HeldJob poll() {
        Map.Entry<Integer, Queue<Entry>> source = source();
        if (source == null) {
            return null;
        }
        Entry entry = source.getValue().remove();
        if (source.getValue().isEmpty()) {
            byPriority.remove(source.getKey());
        }
        taken++;
        size--;
        return entry.job();
    }

    private Map.@Nullable Entry<Integer, Queue<Entry>> source() {
        if (byPriority.size() < 2 || taken % FAIRNESS != FAIRNESS - 1) {
            return byPriority.firstEntry();
        }
        return byPriority.entrySet().stream()
                .min(Comparator.comparingLong(
                        level -> level.getValue().element().order()))
                .orElse(null);
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    List<HeldJob> drain() {
        List<HeldJob> all = new ArrayList<>(size);
        for (HeldJob job = poll(); job != null; job = poll()) {
            all.add(job);
        }
        return all;
    }
}
