package org.webhookbroker.http;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.MDC;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.database.XidGenerator;

/** Outermost: whatever answers further in, the answer and the log lines of its thread have the request's id. */
final class RequestIdHandler extends Handler.Wrapper {
    /** A client may send a header of kilobytes; the log needs only enough of it to find the request again. */
    private static final int LOGGED = 128;

    private final XidGenerator ids;

    RequestIdHandler(XidGenerator ids) {
        this.ids = ids;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String id = RequestId.of(request, ids);
        response.getHeaders().put(BrokerHeaders.REQUEST_ID, id);
        MDC.put(RequestId.NAME, id.substring(0, Math.min(id.length(), LOGGED)));
        try {
            return super.handle(request, response, callback);
        } finally {
            MDC.remove(RequestId.NAME);
        }
    }
}
