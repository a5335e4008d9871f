package org.webhookbroker.ops.logs;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.annotation.JsonValue;
import io.dropwizard.logging.common.LoggingFactory;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * The {@code logging} block, with one rule more: what a library says at DEBUG and TRACE is not logged, whatever level is set. Jetty and HttpClient
 * would show the headers of requests there, the driver its packets: tokens, signatures and payloads. Our own lines have none at any level.
 */
public final class QuietLibraries implements LoggingFactory {
    private static final String OURS = "org.webhookbroker";

    private final LoggingFactory configured;

    public QuietLibraries(LoggingFactory configured) {
        this.configured = configured;
    }

    @Override
    public void configure(MetricRegistry metrics, String name) {
        configured.configure(metrics, name);
        LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
        for (Logger logger : loggers.getLoggerList()) {
            logger.iteratorForAppenders().forEachRemaining(appender -> {
                List<Filter<ILoggingEvent>> others = appender.getCopyOfAttachedFiltersList();
                Rule rule = new Rule();
                rule.start();
                // First, as another one may accept a line.
                appender.clearAllFilters();
                appender.addFilter(rule);
                others.forEach(appender::addFilter);
            });
        }
    }

    @Override
    public void stop() {
        configured.stop();
    }

    @Override
    public void reset() {
        configured.reset();
    }

    /** As the file has it. */
    @JsonValue
    public LoggingFactory configured() {
        return configured;
    }

    /**
     * Also for levels that are changed later, by the task {@code log-level}. Not a {@code TurboFilter}: that is asked by each {@code isDebugEnabled}
     * of Jetty and HttpClient, more than a hundred times a message.
     */
    private static final class Rule extends Filter<ILoggingEvent> {
        @Override
        public FilterReply decide(ILoggingEvent event) {
            return event.getLevel().levelInt < Level.INFO_INT
                            && !event.getLoggerName().startsWith(OURS)
                    ? FilterReply.DENY
                    : FilterReply.NEUTRAL;
        }
    }
}
