package org.webhookbroker.ops;

import jakarta.servlet.http.HttpServletResponse;
import java.io.PrintWriter;
import org.webhookbroker.audit.Who;
import org.webhookbroker.outbound.LogText;

/** The answer to a task: its text, and the status that Dropwizard does not let a task set. */
final class TaskOutput extends PrintWriter {
    private final HttpServletResponse response;
    private final Who who;

    TaskOutput(PrintWriter text, HttpServletResponse response, Who who) {
        super(text);
        this.response = response;
        this.who = who;
    }

    /** Who has called the task that prints there. */
    static Who caller(PrintWriter output) {
        return output instanceof TaskOutput answer ? answer.who : Who.within("task");
    }

    /** Ids, reasons and the like are texts of strangers: each is printed within its line, and as it is read. */
    @Override
    public void print(String text) {
        super.print(LogText.of(text));
    }

    void badRequest() {
        if (!response.isCommitted()) {
            response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
        }
    }
}
