package org.webhookbroker.http.server;

import java.util.List;
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
        HttpFields.Mutable seen = HttpFields.build(sent);
        for (HttpHeader judged : List.of(HttpHeader.CONTENT_TYPE, HttpHeader.ACCEPT)) {
            String value = sent.get(judged);
            if (value != null) {
                setAttribute(RequestHeaders.attribute(judged.asString()), value);
                seen.remove(judged);
            }
        }
        this.headers = seen.asImmutable();
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
