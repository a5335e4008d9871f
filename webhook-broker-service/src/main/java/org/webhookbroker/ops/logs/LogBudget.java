package org.webhookbroker.ops.logs;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import com.fasterxml.jackson.core.JacksonException;
import io.dropwizard.lifecycle.Managed;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.webhookbroker.audit.AuditLog;

/**
 * Bounds what is logged, so that no stranger can make the log grow: clients that go away, requests that are malformed, whatever a
 * library finds worth a stack trace. The lines of one logger and level come from a budget that fills up slowly, and each of its messages
 * has a small one of its own beside, so that a flood of one hides no other. What does not fit is left out, and counted in the next line
 * that fits. Debugging is not bounded, as somebody asked for it. Thread-safe.
 */
public final class LogBudget extends TurboFilter implements Managed {
    static final int MOST_LINES = 1000;
    static final int LINES_A_MINUTE = 30;
    /** A long text counts as the lines that it would fill. */
    static final int LINE = 160;

    /** Messages of a logger and level that have lines of their own; all others share such a budget. */
    static final int MESSAGES = 16;

    /**
     * Of the logger {@code audit}, whose lines are of changes that were made, and leave the machine for good: those of the whole registry at once,
     * then a few a second. What does not fit is in the table.
     */
    static final int MOST_LINES_OF_AUDIT = 50_000;

    static final int LINES_OF_AUDIT_A_MINUTE = 3000;

    static final int LINES_OF_MESSAGE = 20;
    static final int LINES_OF_MESSAGE_A_MINUTE = 1;

    private static final int DEEPEST = 20;
    /** By so much of their text, before parameters are put in, messages are told apart. */
    private static final int START = 100;

    private static final List<String> SERVERS = List.of("org.glassfish.jersey.", "org.eclipse.jetty.");
    /** They accept connections and stop the node. A failure of theirs is nobody's absence. */
    private static final List<String> LISTENERS =
            List.of("org.eclipse.jetty.io.", "org.eclipse.jetty.util.", "org.eclipse.jetty.server.AbstractConnector");

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
                new Kind(logger.getName(), level.levelInt), kind -> Budget.of(kind.logger, nanoTime.getAsLong()));
        int leftOut = budget.take(start(format), lines(format, parameters, thrown), nanoTime.getAsLong());
        if (leftOut > 0) {
            tell(logger, level, leftOut);
        }
        return leftOut < 0 ? FilterReply.DENY : FilterReply.NEUTRAL;
    }

    /** Comes back here, and has its line. */
    private static void tell(Logger logger, Level level, int leftOut) {
        int slf4j = Level.toLocationAwareLoggerInteger(level);
        Object[] parameters = {leftOut};
        // Each line of the audit is JSON.
        String text = logger.getName().equals(AuditLog.NAME)
                ? "{\"leftOut\":{}}"
                : "{} more lines of this logger were left out";
        logger.log(null, LogBudget.class.getName(), slf4j, text, parameters, null);
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

    private static String start(@Nullable String format) {
        return format == null ? "" : format.substring(0, Math.min(format.length(), START));
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

    /** Of one logger and level. */
    private static final class Budget {
        private final LogLines all;
        private final LogLines others;
        private final Map<String, LogLines> messages = new HashMap<>();
        private int leftOut;

        private Budget(LogLines all, long now) {
            this.all = all;
            this.others = ofMessage(now);
        }

        static Budget of(String logger, long now) {
            return logger.equals(AuditLog.NAME)
                    ? new Budget(new LogLines(MOST_LINES_OF_AUDIT, LINES_OF_AUDIT_A_MINUTE, now), now)
                    : new Budget(new LogLines(MOST_LINES, LINES_A_MINUTE, now), now);
        }

        private static LogLines ofMessage(long now) {
            return new LogLines(LINES_OF_MESSAGE, LINES_OF_MESSAGE_A_MINUTE, now);
        }

        /** How many were left out before this one, if that can be told now; negative if this one is left out. */
        synchronized int take(String message, int wanted, long now) {
            // One line is kept, and one more is for the number of those left out, where some were.
            if (all.take(wanted, leftOut > 0 ? 2 : 1, now)) {
                int before = leftOut;
                leftOut = 0;
                return before;
            }
            if (own(message, now).take(wanted, 0, now)) {
                return 0;
            }
            leftOut++;
            return -1;
        }

        private LogLines own(String message, long now) {
            if (messages.size() == MESSAGES && !messages.containsKey(message)) {
                // Whoever has all its lines loses nothing.
                messages.values().removeIf(lines -> lines.isFull(now));
            }
            return messages.size() < MESSAGES || messages.containsKey(message)
                    ? messages.computeIfAbsent(message, unknown -> ofMessage(now))
                    : others;
        }
    }
}
