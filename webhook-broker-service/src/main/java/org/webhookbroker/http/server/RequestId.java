package org.webhookbroker.http.server;

import org.eclipse.jetty.server.Request;
import org.slf4j.MDC;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.database.XidGenerator;

/** The id of a request: the client's own or a new one, the same on the answer and in the log. */
final class RequestId {
    /** Name of the request attribute and of the log field. */
    static final String NAME = "requestId";

    /** A client may send a header of kilobytes; the log needs only enough of it to find the request again. */
    private static final int LOGGED = 128;

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

    /** From here to {@link #outOfLog}, the log lines of this thread carry the id of the request, which must have one. */
    static void intoLog(Request request) {
        String id = String.valueOf(request.getAttribute(NAME));
        MDC.put(NAME, start(id));
    }

    /** Runs a task whose log lines carry the id of the request. Afterwards the thread has what it had before. */
    static void inLog(Request request, Runnable task) {
        String before = MDC.get(NAME);
        intoLog(request);
        try {
            task.run();
        } finally {
            if (before == null) {
                outOfLog();
            } else {
                MDC.put(NAME, before);
            }
        }
    }

    /** As much of what a client sent as the log needs. */
    static String start(String sent) {
        return sent.substring(0, Math.min(sent.length(), LOGGED));
    }

    static void outOfLog() {
        MDC.remove(NAME);
    }
}
