package org.webhookbroker.ops;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import com.fasterxml.jackson.core.JacksonException;
import io.dropwizard.lifecycle.Managed;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Bounds what is logged, so that no stranger can make the log grow: clients that go away, requests that are malformed, whatever a
 * library finds worth a stack trace. The lines of one logger and level come from a budget that fills up slowly; what does not fit is
 * left out, and counted in the next line that fits. Debugging is not bounded, as somebody asked for it. Thread-safe.
 */
public final class LogBudget extends TurboFilter implements Managed {
    static final int MOST_LINES = 1000;
    static final int LINES_A_MINUTE = 30;
    /** A long text counts as the lines that it would fill. */
    static final int LINE = 160;

    private static final int DEEPEST = 20;
    private static final List<String> SERVERS = List.of("org.glassfish.jersey.", "org.eclipse.jetty.");
    /** They accept connections and stop the node. A failure of theirs is nobody's absence. */
    private static final List<String> LISTENERS =
            List.of("org.eclipse.jetty.io.", "org.eclipse.jetty.util.", "org.eclipse.jetty.server.AbstractConnector");

    private static final double NANOS_A_LINE = 60e9 / LINES_A_MINUTE;

    private record Kind(String logger, int level) {}

    private final LoggerContext loggers;
    private final LongSupplier nanoTime;
    /** As many as there are loggers, which are classes. */
    private final Map<Kind, Budget> budgets = new ConcurrentHashMap<>();

    LogBudget(LoggerContext loggers, LongSupplier nanoTime) {
        this.loggers = loggers;
        this.nanoTime = nanoTime;
    }

    /** Of all that this process logs, from its start on. */
    public static LogBudget ofProcess() {
        return new LogBudget((LoggerContext) LoggerFactory.getILoggerFactory(), System::nanoTime);
    }

    @Override
    public void start() {
        super.start();
        loggers.addTurboFilter(this);
    }

    @Override
    public void stop() {
        loggers.getTurboFilterList().remove(this);
        super.stop();
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] parameters,
            @Nullable Throwable thrown) {
        boolean isOnlyAsked = format == null && thrown == null;
        if (isOnlyAsked || level.levelInt < Level.INFO_INT || !isLogged(logger, level)) {
            return FilterReply.NEUTRAL;
        }
        if (isOfAbsentClient(logger, thrown)) {
            return FilterReply.DENY;
        }
        Budget budget = budgets.computeIfAbsent(
                new Kind(logger.getName(), level.levelInt), kind -> new Budget(nanoTime.getAsLong()));
        int leftOut = budget.take(lines(format, parameters, thrown), nanoTime.getAsLong());
        if (leftOut > 0) {
            tell(logger, level, leftOut);
        }
        return leftOut < 0 ? FilterReply.DENY : FilterReply.NEUTRAL;
    }

    /** Comes back here, and has its line. */
    private static void tell(Logger logger, Level level, int leftOut) {
        int slf4j = Level.toLocationAwareLoggerInteger(level);
        Object[] parameters = {leftOut};
        logger.log(
                null, LogBudget.class.getName(), slf4j, "{} more lines of this logger were left out", parameters, null);
    }

    /**
     * Whether a library tells that an answer could not be written, since its client has gone or does not read. Jersey (3.1) does so with
     * a stack trace, although the broker did nothing wrong and nobody who reads the log can do anything about it.
     */
    private static boolean isOfAbsentClient(Logger logger, @Nullable Throwable thrown) {
        boolean isOfAnswers = SERVERS.stream().anyMatch(logger.getName()::startsWith)
                && LISTENERS.stream().noneMatch(logger.getName()::startsWith);
        Throwable cause = isOfAnswers ? thrown : null;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            boolean isOfTheSocket = cause instanceof IOException && !(cause instanceof JacksonException);
            if (isOfTheSocket || cause instanceof TimeoutException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static boolean isLogged(Logger logger, Level level) {
        return level.isGreaterOrEqual(logger.getEffectiveLevel());
    }

    private static int lines(@Nullable String format, Object @Nullable [] parameters, @Nullable Throwable thrown) {
        int lines = 1 + (format == null ? 0 : format.length() / LINE);
        if (parameters != null) {
            for (Object parameter : parameters) {
                lines += parameter instanceof CharSequence text ? text.length() / LINE : 0;
                lines += parameter instanceof Throwable last ? traceLines(last) : 0;
            }
        }
        return lines + (thrown == null ? 0 : traceLines(thrown));
    }

    private static int traceLines(Throwable thrown) {
        int lines = 0;
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            lines += 1 + cause.getStackTrace().length;
            cause = cause.getCause();
        }
        return lines;
    }

    private static final class Budget {
        private double lines = MOST_LINES;
        private long filledAt;
        private int leftOut;

        Budget(long now) {
            filledAt = now;
        }

        /** How many were left out before this one; negative if this one is left out. */
        synchronized int take(int wanted, long now) {
            lines = Math.min(MOST_LINES, lines + (now - filledAt) / NANOS_A_LINE);
            filledAt = now;
            // What is larger than the whole budget passes when that is full. One line is kept, and one more is for the
            // number of those left out, where some were.
            int spare = leftOut > 0 ? 2 : 1;
            if (lines < Math.min(wanted, MOST_LINES - spare) + spare) {
                leftOut++;
                return -1;
            }
            lines -= wanted;
            int before = leftOut;
            leftOut = 0;
            return before;
        }
    }
}
