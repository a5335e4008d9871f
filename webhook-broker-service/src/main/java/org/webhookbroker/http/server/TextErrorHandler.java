package org.webhookbroker.http.server;

import java.util.Set;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.database.XidGenerator;

/** Answers errors that Jetty finds before a resource is reached, in plain text instead of HTML. */
final class TextErrorHandler implements Request.Handler {
    /** Of requests that Jetty could not read. */
    private static final Set<Integer> ENDS_CONNECTION = Set.of(400, 408, 414, 431);

    private final XidGenerator ids;

    TextErrorHandler(XidGenerator ids) {
        this.ids = ids;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String id = RequestId.of(request, ids);
        int status = statusOf(response.getStatus());
        response.getHeaders().put(BrokerHeaders.REQUEST_ID, id);
        if (ENDS_CONNECTION.contains(status)
                && request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2) {
            // Jetty hangs up, and does not always say so. Nor does it know yet that a request is a HEAD, whose answer
            // has no body: a client that went on would take the body for its next answer.
            response.getHeaders().put(HttpFields.CONNECTION_CLOSE);
        }
        return Answers.write(response, callback, status, text(status, id));
    }

    /** An unknown version is the client's fault; a 5xx would say that it is ours. */
    private static int statusOf(int jetty) {
        return jetty == 505 ? 400 : jetty;
    }

    private static String text(int status, String id) {
        return switch (status) {
            case 400 -> "Bad Request: the request is not well-formed HTTP/1.1";
            case 404 -> Routes.NOT_FOUND;
            case 408 -> "Request Timeout: the request did not arrive in time";
            case 414, 431 -> "Request Header Fields Too Large: shorten the path, the query or the headers";
            case 500 -> UnexpectedErrorMapper.text(id);
            default -> HttpStatus.getMessage(status);
        };
    }
}
