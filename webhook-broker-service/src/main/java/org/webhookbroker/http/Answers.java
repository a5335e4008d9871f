package org.webhookbroker.http;

import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;

/** Answers that are a text, as the contract wants errors: no newline at the end. */
final class Answers {
    private static final String TEXT = "text/plain; charset=utf-8";

    private Answers() {}

    static Response text(Response.StatusType status, String text) {
        return Response.status(status).type(TEXT).entity(text).build();
    }

    static Response notFound() {
        return text(Status.NOT_FOUND, "Request resource not found");
    }

    /** For what a second try soon may well succeed with. */
    static Response tryAgain(String text) {
        return Response.status(Status.SERVICE_UNAVAILABLE)
                .header("Retry-After", "1")
                .type(TEXT)
                .entity(text)
                .build();
    }
}
