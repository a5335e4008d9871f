package org.webhookbroker.http.server;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** What Jersey and the servlet side of Jetty would write otherwise than the contract does. */
final class ContractResponse extends Response.Wrapper {
    /** Goes out as {@code Location}, as it is: Jersey would make it absolute, and fails on ids that are no URI. */
    static final String LOCATION_AS_IS = "Location-As-Is";

    /** Jetty takes the blank out. */
    private static final HttpField TEXT = new HttpField(HttpHeader.CONTENT_TYPE, Answers.TEXT);

    private static final String SPELLED_BY_JETTY = "text/plain;charset=utf-8";

    private final HttpFields.Mutable headers;

    ContractResponse(Request request, Response response) {
        super(request, response);
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

    /** A connection with an unread body on it can not go on, and its client is told (RFC 9112, 9.6). An HTTP/2 stream can. */
    private void announceEnd() {
        Request request = getRequest();
        boolean ends =
                request.getConnectionMetaData().getHttpVersion().getVersion() <= HttpVersion.HTTP_1_1.getVersion()
                        && !request.consumeAvailable();
        if (ends) {
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
