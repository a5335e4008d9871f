package org.webhookbroker.http;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import org.webhookbroker.registry.LastModified;
import org.webhookbroker.registry.RegistryEntry;

/** Answers of the forms that the contract knows. */
public final class Answers {
    static final String TEXT = "text/plain; charset=utf-8";

    private Answers() {}

    /** No newline is added. */
    public static Response.ResponseBuilder text(int status, String text) {
        return Response.status(status)
                .header(HttpHeaders.CONTENT_TYPE, TEXT)
                .entity(text.getBytes(StandardCharsets.UTF_8));
    }

    /** 201, 202 or 204: neither body nor content type. */
    public static Response.ResponseBuilder empty(int status) {
        return Response.status(status);
    }

    static Response entry(RegistryEntry entry, Object body) {
        return Response.ok(body)
                .header(HttpHeaders.LAST_MODIFIED, LastModified.of(entry.changedAt()))
                .build();
    }
}
