package org.webhookbroker.ops;

import jakarta.servlet.http.HttpServletResponse;
import java.io.PrintWriter;
import org.webhookbroker.outbound.LogText;

/** The answer to a task: its text, and the status that Dropwizard does not let a task set. */
final class TaskOutput extends PrintWriter {
    private final HttpServletResponse response;

    TaskOutput(PrintWriter text, HttpServletResponse response) {
        super(text);
        this.response = response;
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
