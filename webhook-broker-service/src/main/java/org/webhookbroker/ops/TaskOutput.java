package org.webhookbroker.ops;

import jakarta.servlet.http.HttpServletResponse;
import java.io.PrintWriter;

/** The answer to a task: its text, and the status that Dropwizard does not let a task set. */
final class TaskOutput extends PrintWriter {
    private final HttpServletResponse response;

    TaskOutput(PrintWriter text, HttpServletResponse response) {
        super(text);
        this.response = response;
    }

    void badRequest() {
        if (!response.isCommitted()) {
            response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
        }
    }
}
