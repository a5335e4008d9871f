package org.webhookbroker.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.webhookbroker.testing.ApiClient;

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
                rig.pids().stream().mapToLong(Meter::cpuMicros).sum(),
                cpuMicros(rig.databasePid()),
                status.getOrDefault("Questions", 0L),
                status.getOrDefault("Com_commit", 0L));
    }

    double secondsSince(Meter before) {
        return (nanos - before.nanos) / 1e9;
    }

    private static double gauge(String adminUrl, Pattern pattern) {
        Matcher found = pattern.matcher(new ApiClient(adminUrl).get("/prometheus"));
        return found.find() ? Double.parseDouble(found.group(1)) : 0;
    }

    /** MiB of the heap of the first node in use, garbage included. */
    static double heap(Rig rig) {
        return gauge(rig.adminUrls().get(0), Pattern.compile("jvm_memory_used_bytes\\{area=\"heap\"} (\\S+)"))
                / (1 << 20);
    }

    private static long cpuMicros(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MICROS_A_TICK;
        } catch (IOException e) {
            throw new IllegalStateException("CPU times come from /proc, which Linux has", e);
        }
    }
}
