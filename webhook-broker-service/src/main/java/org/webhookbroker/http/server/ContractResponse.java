package org.webhookbroker.http.server;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Corrects headers that Jersey and Jetty's servlets would write differently from the contract. */
final class ContractResponse extends Response.Wrapper {
    /** Goes out as {@code Location}, unchanged. Jersey would make a location absolute, and fails on ids that are no URI. */
    static final String LOCATION_AS_IS = "Location-As-Is";

    /** With the blank, which Jetty leaves out. */
    private static final HttpField TEXT = new HttpField(HttpHeader.CONTENT_TYPE, Answers.TEXT);

    private static final String SPELLED_BY_JETTY = "text/plain;charset=utf-8";

    private final LingeringEnd end;
    private final HttpFields.Mutable headers;

    ContractResponse(Request request, Response response, LingeringEnd end) {
        super(request, response);
        this.end = end;
        this.headers = new HttpFields.Mutable.Wrapper(response.getHeaders()) {
            @Override
            public HttpField onAddField(HttpField field) {
                return spelled(field);
            }

            @Override
            public HttpField onReplaceField(HttpField old, HttpField field) {
                return spelled(field);
            }
        };
    }

    @Override
    public void write(boolean last, ByteBuffer content, Callback callback) {
        if (!isCommitted()) {
            announceEnd();
        }
        super.write(last, content, callback);
    }

    /** An HTTP/1.1 connection cannot go on after a body that was not read, and its client is told so (RFC 9112, 9.6). */
    private void announceEnd() {
        if (end.endsConnection()) {
            headers.put(HttpFields.CONNECTION_CLOSE);
        }
    }

    @Override
    public HttpFields.Mutable getHeaders() {
        return headers;
    }

    private static HttpField spelled(HttpField field) {
        if (LOCATION_AS_IS.equals(field.getName())) {
            return new HttpField(HttpHeader.LOCATION, field.getValue());
        }
        return field.getHeader() == HttpHeader.CONTENT_TYPE && SPELLED_BY_JETTY.equalsIgnoreCase(field.getValue())
                ? TEXT
                : field;
    }
}
