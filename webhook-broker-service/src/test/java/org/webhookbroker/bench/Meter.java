package org.webhookbroker.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.BrokerProcess;

/**
 * What has been used so far: two of these make a measurement.
 *
 * @param brokerMicros CPU of all nodes
 * @param databaseMicros CPU of MariaDB
 */
record Meter(long nanos, long brokerMicros, long databaseMicros, long statements, long commits) {
    /** Linux counts in these whatever its kernel's own clock does (proc(5), USER_HZ). */
    private static final long MICROS_A_TICK = 10_000;

    static Meter read(Rig rig) {
        Map<String, Long> status = rig.database()
                .withHandle(handle -> handle
                        .createQuery(
                                "SHOW GLOBAL STATUS WHERE Variable_name IN ('Questions', 'Com_commit', 'Com_rollback')")
                        .map((row, context) -> Map.entry(row.getString(1), row.getLong(2)))
                        .list()
                        .stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
        return new Meter(
                System.nanoTime(),
                rig.nodes().stream()
                        .map(BrokerProcess::pid)
                        .mapToLong(Meter::cpuMicros)
                        .sum(),
                cpuMicros(rig.databasePid()),
                status.getOrDefault("Questions", 0L),
                status.getOrDefault("Com_commit", 0L));
    }

    double secondsSince(Meter before) {
        return (nanos - before.nanos) / 1e9;
    }

    /** Of the children of this process that have ended. */
    static long ofEndedChildren() {
        return micros("self", 13);
    }

    private static double gauge(String adminUrl, Pattern pattern) {
        Matcher found = pattern.matcher(new ApiClient(adminUrl).get("/prometheus"));
        return found.find() ? Double.parseDouble(found.group(1)) : 0;
    }

    /** MiB of the heap of the last node in use, garbage included. */
    static double heap(Rig rig) {
        BrokerProcess last = rig.nodes().get(rig.nodes().size() - 1);
        return gauge(last.adminUrl(), Pattern.compile("jvm_memory_used_bytes\\{area=\"heap\"} (\\S+)")) / (1 << 20);
    }

    static long cpuMicros(long pid) {
        return micros(Long.toString(pid), 11);
    }

    /** @param field of proc(5), from the state on: that of the user's time, and the system's is the next */
    private static long micros(String process, int field) {
        try {
            String stat = Files.readString(Path.of("/proc", process, "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return (Long.parseLong(fields[field]) + Long.parseLong(fields[field + 1])) * MICROS_A_TICK;
        } catch (IOException e) {
            throw new IllegalStateException("CPU times come from /proc, which Linux has", e);
        }
    }
}
