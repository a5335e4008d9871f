package org.webhookbroker.http.server;

import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Refuses a body that came in a transfer coding other than {@code chunked}. Jetty (12.1.14) undoes the last coding only, and would hand
 * on the compressed bytes as if they were the body (RFC 9112, 6.1). What {@code Content-Encoding} says is the producer's matter.
 */
final class TransferCodings extends Handler.Wrapper {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        List<String> codings = request.getHeaders().getCSV(HttpHeader.TRANSFER_ENCODING, false);
        return codings.stream().allMatch("chunked"::equalsIgnoreCase)
                ? super.handle(request, response, callback)
                : Answers.write(response, callback, 501, "Not Implemented: the only transfer coding is chunked");
    }
}
