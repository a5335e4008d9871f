package org.webhookbroker.http.server;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.database.XidGenerator;

/** Runs before every handler that may answer, so that each answer, and each log line of its thread, has the id of the request. */
final class RequestIdHandler extends Handler.Wrapper {
    private final XidGenerator ids;

    RequestIdHandler(XidGenerator ids) {
        this.ids = ids;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String id = RequestId.of(request, ids);
        response.getHeaders().put(BrokerHeaders.REQUEST_ID, id);
        RequestId.intoLog(request);
        LingeringEnd end = new LingeringEnd(request, callback);
        try {
            return super.handle(request, new ContractResponse(request, response, end), end);
        } finally {
            RequestId.outOfLog();
        }
    }
}
