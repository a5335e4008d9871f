package org.webhookbroker.ops.logs;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.logging.common.layout.DiscoverableLayoutFactory;
import io.dropwizard.logging.json.EventJsonLayoutBaseFactory;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.TimeZone;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.util.component.ContainerLifeCycle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What strangers can do to the log: neither make it grow nor write lines of their own. */
@Tag("G8")
final class LogBudgetTest {
    private final LoggerContext context = new LoggerContext();
    private final AtomicLong nanos = new AtomicLong();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final LogBudget budget = new LogBudget(context, nanos::get);

    @BeforeEach
    void start() {
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        context.setMDCAdapter(new LogbackMDCAdapter());
        log.start();
        root.addAppender(log);
        budget.start();
    }

    @Test
    void linesOfOneKindFillTheirBudgetOnly() {
        Logger flooded = context.getLogger("flooded");
        for (int i = 0; i < 100_000; i++) {
            flooded.warn("Bad request {}", i);
        }
        context.getLogger("other").warn("Something else");
        flooded.error("More severe");

        // One line of the budget is kept for the number of those left out.
        assertThat(log.list).hasSize(LogBudget.MOST_LINES - 1 + LogBudget.LINES_OF_MESSAGE + 2);
        assertThat(last(2)).containsExactly("Something else", "More severe");
    }

    @Test
    void aFloodHidesNoOtherMessageOfItsLogger() {
        Logger flooded = context.getLogger("flooded");
        for (int minute = 0; minute < 60; minute++) {
            for (int i = 0; i < 2000; i++) {
                flooded.warn("Bad request {}", i);
            }
            flooded.warn("No space left on {}", "disk " + minute);
            nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        }
        assertThat(log.list.stream()
                        .map(ILoggingEvent::getFormattedMessage)
                        .filter(line -> line.startsWith("No space")))
                .hasSize(60);
    }

    /** A library may put what a stranger sent into the message itself. */
    @Test
    void messagesThatAllDifferAreBoundedToo() {
        Logger flooded = context.getLogger("flooded");
        for (int minute = 0; minute < 60; minute++) {
            for (int i = 0; i < 5000; i++) {
                flooded.warn("Bad request " + minute + " " + i);
            }
            nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        }
        int own = (LogBudget.MESSAGES + 1) * LogBudget.LINES_OF_MESSAGE;
        int aMinute = LogBudget.LINES_A_MINUTE + (LogBudget.MESSAGES + 1) * LogBudget.LINES_OF_MESSAGE_A_MINUTE;
        assertThat(log.list).hasSizeBetween(LogBudget.MOST_LINES, LogBudget.MOST_LINES + own + 60 * aMinute);
    }

    /** Its lines are worth more; each is JSON, also the one that counts those left out. */
    @Test
    void theAuditHasMoreLinesAndABoundNevertheless() {
        Logger audit = context.getLogger("audit");
        for (int i = 0; i < 100_000; i++) {
            audit.info("{}", "{\"id\":" + i + "}");
        }
        assertThat(log.list).hasSize(LogBudget.MOST_LINES_OF_AUDIT - 1 + LogBudget.LINES_OF_MESSAGE);
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        audit.info("{}", "{\"id\":0}");
        int leftOut = 100_000 - (LogBudget.MOST_LINES_OF_AUDIT - 1 + LogBudget.LINES_OF_MESSAGE);
        assertThat(last(2)).containsExactly("{\"leftOut\":" + leftOut + "}", "{\"id\":0}");
    }

    @Test
    void whatWasLeftOutIsCountedInTheLineThatFitsAgain() {
        Logger flooded = context.getLogger("flooded");
        for (int i = 0; i < 5000; i++) {
            flooded.warn("Bad request");
        }
        int before = log.list.size();
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        for (int i = 0; i < 5000; i++) {
            flooded.warn("Bad again");
        }

        int inAMinute = LogBudget.LINES_A_MINUTE + LogBudget.LINES_OF_MESSAGE;
        assertThat(log.list.size() - before).isBetween(inAMinute - 1, inAMinute + 1);
        assertThat(log.list.get(before).getFormattedMessage())
                .isEqualTo((5000 - before) + " more lines of this logger were left out");
        assertThat(log.list.get(before + 1).getFormattedMessage()).isEqualTo("Bad again");
    }

    /** Each time that one fits, there is no room for more than it and the number. */
    @Test
    void whileAFloodGoesOnNoneIsLeftOutUncounted() {
        Logger flooded = context.getLogger("flooded");
        int sent = 0;
        for (int second = 0; second < 60; second++) {
            for (int i = 0; i < 100; i++, sent++) {
                flooded.warn("Bad request");
            }
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        }
        nanos.addAndGet(Duration.ofHours(1).toNanos());
        flooded.warn("Bad request");

        long told = log.list.stream()
                .filter(line -> line.getMessage().startsWith("{} more"))
                .mapToLong(line -> (int) line.getArgumentArray()[0])
                .sum();
        long logged = log.list.stream()
                .filter(line -> line.getMessage().equals("Bad request"))
                .count();
        assertThat(told + logged).isEqualTo(sent + 1);
    }

    /** A day of it, with a stack trace each: what is written stays small, counted in bytes. */
    @Test
    void aDayOfStackTracesIsFewMegabytes() {
        Logger flooded = context.getLogger("flooded");
        for (int minute = 0; minute < 24 * 60; minute++) {
            for (int i = 0; i < 20; i++) {
                flooded.error("Request {} failed", "x".repeat(4000), new IllegalStateException("y".repeat(100)));
            }
            nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        }
        assertThat(log.list).hasSizeGreaterThan(100);
        assertThat(written(new TextLayoutFactory()).length()).isLessThan(10 << 20);
    }

    @Test
    void whatIsLargerThanEachBudgetIsLoggedOnceFromEach() {
        Logger flooded = context.getLogger("flooded");
        for (int i = 0; i < 10; i++) {
            flooded.warn("x".repeat(LogBudget.LINE * LogBudget.MOST_LINES * 2));
        }
        assertThat(log.list).hasSize(2);
    }

    @Test
    void debuggingIsNotBounded() {
        Logger watched = context.getLogger("watched");
        watched.setLevel(Level.DEBUG);
        for (int i = 0; i < 3 * LogBudget.MOST_LINES; i++) {
            watched.debug("Detail");
        }
        assertThat(log.list).hasSize(3 * LogBudget.MOST_LINES);
    }

    @Test
    void clientsThatAreGoneAreNoNewsOfALibrary() {
        IOException gone = new IOException(new EofException("Connection reset by peer"));
        Logger jersey = context.getLogger("org.glassfish.jersey.server.ServerRuntime$Responder");
        jersey.error("Error while closing the output stream", gone);
        jersey.error("An I/O error has occurred", new IOException(new TimeoutException("Idle timeout expired")));
        context.getLogger("org.eclipse.jetty.server.Response").warn("aborted", gone);
        jersey.error("An I/O error has occurred", new IllegalStateException(new ClosedChannelException()));
        jersey.error("An I/O error has occurred", new JsonMappingException(null, "gone", new IOException()));
        assertThat(log.list).isEmpty();

        jersey.error("Not writable", new JsonMappingException(null, "no such type"));
        jersey.error("Something else", new IllegalStateException());
        context.getLogger("org.webhookbroker.dispatch.Lane").error("Ours", gone);
        assertThat(last(3)).containsExactly("Not writable", "Something else", "Ours");
    }

    /** No client is to blame, and the node may take no connection any more. */
    @Test
    void troubleOfTheServerItselfIsLogged() {
        IOException full = new IOException("Too many open files");
        for (Class<?> server : List.of(AbstractConnector.class, SelectorManager.class, ManagedSelector.class)) {
            context.getLogger(server).warn("Accept Failure", full);
        }
        context.getLogger(ContainerLifeCycle.class).warn("Not stopped", new TimeoutException());
        assertThat(log.list).hasSize(4);
    }

    @Test
    void afterItsStopNothingIsBounded() {
        budget.stop();
        for (int i = 0; i < 2 * LogBudget.MOST_LINES; i++) {
            context.getLogger("flooded").warn("Bad request");
        }
        assertThat(log.list).hasSize(2 * LogBudget.MOST_LINES);
    }

    private static final String FORGED =
            "a\r\nERROR [2026-01-01 00:00:00,000] org.forged: b\u001b[2J\u0085c\u2028d\u202e";

    @Test
    void aMessageIsOneLineAsText() {
        context.getLogger("x").warn("Got {}", FORGED);
        assertThat(written(new TextLayoutFactory()))
                .startsWith("WARN  [")
                .endsWith("x: Got a\\r\\nERROR [2026-01-01 00:00:00,000] org.forged: b?[2J?c?d?\n")
                .hasLineCount(1);
    }

    /** Lines of a stack trace begin with an exclamation mark, those of its messages too. */
    @Test
    void anExceptionForgesNoLineEither() {
        context.getLogger("x").warn("Failed", new IllegalStateException(FORGED));
        String text = written(new TextLayoutFactory());
        assertThat(text.lines().skip(1)).isNotEmpty().allMatch(line -> line.startsWith("!"));
        assertThat(text).doesNotContain("\u001b", "\u0085", "\u2028", "\u202e");
    }

    @Test
    void aMessageIsOneLineAsJson() throws Exception {
        context.getLogger("x").warn("Got {}", FORGED, new IllegalStateException(FORGED));
        String text = written(new EventJsonLayoutBaseFactory());
        assertThat(text).hasLineCount(1).doesNotContain("\u001b", "\r");
        assertThat(new ObjectMapper().readTree(text).path("message").asText()).isEqualTo("Got " + FORGED);
    }

    private List<String> last(int count) {
        return log.list.subList(log.list.size() - count, log.list.size()).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    /** What is in the log, as it is written. */
    private String written(DiscoverableLayoutFactory<ILoggingEvent> factory) {
        Layout<ILoggingEvent> layout = factory.build(context, TimeZone.getTimeZone("UTC"));
        layout.start();
        return log.list.stream().map(layout::doLayout).collect(Collectors.joining());
    }
}
