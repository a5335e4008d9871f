package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RareLogTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final Logger logger = (Logger) LoggerFactory.getLogger(RareLogTest.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final RareLog log = new RareLog(logger, now::get);

    @BeforeEach
    void listen() {
        logger.setAdditive(false);
        logger.setLevel(Level.INFO);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
    }

    @Test
    void whatStrangersCauseIsTheLogOfOneLineAMinute() {
        for (int second = 0; second < 150; second++) {
            for (int i = 0; i < 100; i++) {
                log.warn("It failed", new IllegalStateException("again"));
            }
            now.addAndGet(Duration.ofSeconds(1).toNanos());
        }

        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "It failed; 0 more since the last such line",
                        "It failed; 5999 more since the last such line",
                        "It failed; 5999 more since the last such line");
        assertThat(lines.list.get(0).getThrowableProxy().getMessage()).isEqualTo("again");
    }
}
