package org.webhookbroker.http.server;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;

/** An answer that ends a request early. It is thrown but is no error: it has no stack trace, and is never logged. */
public final class Refusal extends WebApplicationException {
    static final String NOT_FOUND = "Request resource not found";
    /** Contract 1: 60 bytes, the last one a blank. It is also the answer to a bad callback URL or type. */
    static final String BAD_REQUEST = "Bad Request: Update is missing `If-Unmodified-Since` header ";

    static final String MEDIA_TYPE = "Media type not supported";

    private Refusal(Response response) {
        super(response);
    }

    public static Refusal of(int status, String text) {
        return new Refusal(Answers.text(status, text).build());
    }

    public static Refusal tryAgain(String text) {
        return new Refusal(
                Answers.text(503, text).header(HttpHeaders.RETRY_AFTER, "1").build());
    }

    /** @param seconds after which it makes sense to come again */
    public static Refusal tooMany(String text, long seconds) {
        return new Refusal(Answers.text(429, text)
                .header(HttpHeaders.RETRY_AFTER, Long.toString(seconds))
                .build());
    }

    public static Refusal notFound() {
        return of(404, NOT_FOUND);
    }

    public static Refusal badRequest() {
        return of(400, BAD_REQUEST);
    }

    public static Refusal mediaType() {
        return of(415, MEDIA_TYPE);
    }

    /** The original has the text of 415 here too; clients look at the status. */
    public static Refusal preconditionFailed() {
        return of(412, MEDIA_TYPE);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
