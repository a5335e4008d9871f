package org.webhookbroker.http.server;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.Callback;

/** The forms of answers that the contract has. */
public final class Answers {
    /** The content type of a text. */
    static final String TEXT = "text/plain; charset=utf-8";

    private Answers() {}

    /** The text as it is: no newline is added. */
    public static Response.ResponseBuilder text(int status, String text) {
        return Response.status(status)
                .header(HttpHeaders.CONTENT_TYPE, TEXT)
                .entity(text.getBytes(StandardCharsets.UTF_8));
    }

    /** As {@link #text}, from a handler of Jetty. */
    public static boolean write(
            org.eclipse.jetty.server.Response response, Callback callback, int status, String text) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, TEXT);
        Content.Sink.write(response, true, text, callback);
        return true;
    }

    /** An answer of Jersey's, from a handler of Jetty. */
    static void write(org.eclipse.jetty.server.Response response, Callback callback, Response answer) {
        response.setStatus(answer.getStatus());
        answer.getStringHeaders()
                .forEach((name, values) -> response.getHeaders().put(name, values));
        byte[] text = answer.getEntity() instanceof byte[] bytes ? bytes : new byte[0];
        response.write(true, ByteBuffer.wrap(text), callback);
    }

    /** 201 without a body. The location goes out as it is, whatever an id in it holds. */
    public static Response created(String location) {
        return empty(201)
                .header(ContractResponse.LOCATION_AS_IS, RequestHeaders.encode(location))
                .build();
    }

    /** 201, 202 or 204, which have neither a body nor a content type. */
    public static Response.ResponseBuilder empty(int status) {
        return Response.status(status);
    }
}
