package org.webhookbroker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ProgressOutputTest {
    private final StringWriter text = new StringWriter();
    private final ProgressOutput output = new ProgressOutput(new PrintWriter(text));

    /** Only who writes learns that the client has gone, so something is written in each pause, however long until the next line. */
    @Test
    void whileItRestsThereAreDots() {
        output.line("10 requeued so far");
        output.rest(Duration.ofSeconds(1), Pace::await);
        output.line("20 requeued so far");

        assertThat(text.toString()).matches("10 requeued so far\\R\\.+\\R20 requeued so far\\R");
    }
}
