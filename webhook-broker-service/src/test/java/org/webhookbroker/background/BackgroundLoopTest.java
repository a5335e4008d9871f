package org.webhookbroker.background;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

@Tag("G9")
final class BackgroundLoopTest {
    private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(BackgroundLoop.class);

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        LOGGER.setLevel(Level.INFO);
        LOGGER.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        LOGGER.detachAppender(log);
        LOGGER.setLevel(null);
    }

    @Test
    void goesOnAfterFailuresOfAnyKind() throws Exception {
        AtomicInteger passes = new AtomicInteger();
        BackgroundLoop loop = new BackgroundLoop("test", Duration.ofHours(1), () -> {
            if (passes.incrementAndGet() == 1) {
                throw new AssertionError("an Error too");
            }
            return false;
        });
        loop.start();
        await().until(() -> passes.get() == 2);
        await().until(() -> loop.failure() == null);
        loop.stop();
    }

    /** An outage in which some passes end well must not write a stack trace for each of the others. */
    @Test
    void failingAndWorkingInTurnsIsToldOnce() throws Exception {
        AtomicInteger passes = new AtomicInteger();
        BackgroundLoop loop = new BackgroundLoop("test", Duration.ZERO, () -> {
            if (passes.incrementAndGet() % 2 == 1) {
                throw new IllegalStateException("no database");
            }
            return true;
        });
        loop.start();
        await().until(() -> {
            loop.wake();
            return passes.get() > 20;
        });
        loop.stop();

        assertThat(told(Level.ERROR)).hasSize(1).allMatch(event -> event.getThrowableProxy() != null);
        assertThat(told(Level.INFO)).hasSize(1);
    }

    /** That is no failure of the loop: the heartbeat tells of it, and begins another incarnation. */
    @Test
    void anIncarnationThatEndedIsNotTold() throws Exception {
        AtomicInteger passes = new AtomicInteger();
        BackgroundLoop loop = new BackgroundLoop("test", Duration.ofHours(1), () -> {
            if (passes.incrementAndGet() == 1) {
                throw new IncarnationEndedException(1);
            }
            return false;
        });
        loop.start();
        await().until(() -> passes.get() == 2);
        await().until(() -> loop.failure() == null);
        loop.stop();

        assertThat(log.list).isEmpty();
    }

    private List<ILoggingEvent> told(Level level) {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getLevel() == level)
                .toList();
    }
}
