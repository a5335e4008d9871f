package org.webhookbroker.http;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/** Spells the content type of errors as the contract does: Jetty's servlet side takes the blank out. */
final class ContractResponse extends Response.Wrapper {
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
    public HttpFields.Mutable getHeaders() {
        return headers;
    }

    private static HttpField spelled(HttpField field) {
        return field.getHeader() == HttpHeader.CONTENT_TYPE && SPELLED_BY_JETTY.equalsIgnoreCase(field.getValue())
                ? TEXT
                : field;
    }
}
