package org.webhookbroker.http;

import org.eclipse.jetty.server.Request;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.database.XidGenerator;

/** The id of a request: the client's own or a new one, the same on the answer and in the log. */
final class RequestId {
    /** Name of the request attribute and of the log field. */
    static final String NAME = "requestId";

    private RequestId() {}

    static String of(Request request, XidGenerator ids) {
        if (request.getAttribute(NAME) instanceof String known) {
            return known;
        }
        String sent = request.getHeaders().get(BrokerHeaders.REQUEST_ID);
        String id = sent == null || sent.isEmpty() ? ids.next().toString() : sent;
        request.setAttribute(NAME, id);
        return id;
    }
}
