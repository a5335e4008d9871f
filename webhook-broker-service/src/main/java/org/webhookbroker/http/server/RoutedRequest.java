package org.webhookbroker.http.server;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Request;

/** A request as Jersey may see it: the path in one spelling, and without headers that Jersey would judge before us. */
final class RoutedRequest extends Request.Wrapper {
    private final HttpURI uri;
    private final HttpFields headers;

    RoutedRequest(Request request, String path) {
        super(request);
        HttpURI sentUri = request.getHttpURI();
        this.uri = path.equals(sentUri.getPath())
                ? sentUri
                : HttpURI.build(sentUri).path(path).asImmutable();
        HttpFields sent = request.getHeaders();
        String contentType = sent.get(HttpHeader.CONTENT_TYPE);
        if (contentType != null) {
            setAttribute(RequestHeaders.CONTENT_TYPE_ATTRIBUTE, RequestHeaders.decode(contentType));
        }
        this.headers = HttpFields.build(sent)
                .remove(HttpHeader.CONTENT_TYPE)
                .remove(HttpHeader.ACCEPT)
                .asImmutable();
    }

    @Override
    public HttpURI getHttpURI() {
        return uri;
    }

    @Override
    public HttpFields getHeaders() {
        return headers;
    }
}
