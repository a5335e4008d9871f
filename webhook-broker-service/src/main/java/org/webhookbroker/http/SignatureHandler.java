package org.webhookbroker.http;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.message.IntakeFactory.Limits;
import org.webhookbroker.message.PayloadBudget;

/**
 * Refuses what is not signed, before it is routed (contract 13.2, in its order). The body is read to its end without a thread
 * that waits, and the next handler sees the same one.
 */
final class SignatureHandler extends Handler.Wrapper {
    private final Gateway gateway;
    private final PayloadBudget budget;
    private final Limits limits;

    SignatureHandler(Gateway gateway, PayloadBudget budget, Limits limits) {
        this.gateway = gateway;
        this.budget = budget;
        this.limits = limits;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String path = Objects.requireNonNullElse(request.getHttpURI().getPath(), "");
        if (HttpRules.isAdmin(request.getConnectionMetaData().getConnector()) || gateway.isExempt(path)) {
            return super.handle(request, response, callback);
        }
        Refusals refusals = new Refusals(response, callback);
        String header = request.getHeaders().get(BrokerHeaders.SIGNATURE);
        if (header == null || header.isEmpty()) {
            return refusals.answer(401, "missing " + BrokerHeaders.SIGNATURE + " header");
        }
        Optional<SignatureHeader> signature = SignatureHeader.parse(header);
        if (signature.isEmpty()) {
            return refusals.answer(401, "malformed " + BrokerHeaders.SIGNATURE + " header");
        }
        if (!gateway.isTimely(signature.get())) {
            return refusals.answer(403, "request timestamp outside tolerance window");
        }
        if (request.getLength() > limits.maxPayload()) {
            return refusals.tooLarge();
        }
        new Check(request, refusals, signature.get()).run();
        return true;
    }

    /** Reads what has arrived, and is called again when more has; verifies at the end. */
    private final class Check implements Runnable {
        private final Request request;
        private final Refusals refusals;
        private final SignatureHeader signature;
        private final BufferedBody body;

        Check(Request request, Refusals refusals, SignatureHeader signature) {
            this.request = request;
            this.refusals = refusals;
            this.signature = signature;
            this.body = new BufferedBody(budget, limits, request.getLength());
            Request.addCompletionListener(request, ended -> body.release());
        }

        @Override
        public void run() {
            RequestId.intoLog(request);
            try {
                boolean more = true;
                while (more) {
                    Content.Chunk chunk = request.read();
                    if (chunk == null) {
                        request.demand(this);
                        return;
                    }
                    more = Content.Chunk.isFailure(chunk)
                            ? !refusals.unreadable(chunk.getFailure())
                            : isMoreAfter(chunk);
                }
            } catch (Throwable failure) {
                Response.writeError(request, refusals.response(), refusals.callback(), failure);
            } finally {
                RequestId.outOfLog();
            }
        }

        /** False once the request is answered or handed on. */
        private boolean isMoreAfter(Content.Chunk chunk) throws Exception {
            boolean last = chunk.isLast();
            Payload.Outcome outcome = body.add(chunk.getByteBuffer());
            chunk.release();
            if (outcome == Payload.Outcome.TOO_LARGE) {
                return !refusals.tooLarge();
            }
            if (outcome == Payload.Outcome.NO_ROOM || (last && !body.complete())) {
                return !refusals.noRoom();
            }
            if (last) {
                verify();
                return false;
            }
            return !body.isTooSlow() || !refusals.tooSlow();
        }

        private void verify() throws Exception {
            Response response = refusals.response();
            Callback callback = refusals.callback();
            if (!gateway.matches(signature, body.bytes())) {
                refusals.answer(403, "invalid signature");
            } else if (!SignatureHandler.super.handle(new ReplayedRequest(request, body), response, callback)) {
                Response.writeError(request, response, callback, 404);
            }
        }
    }

    /** Each answers the request, and says true as a handler does that has. */
    private final class Refusals {
        private final Response response;
        private final Callback callback;

        Refusals(Response response, Callback callback) {
            this.response = response;
            this.callback = callback;
        }

        Response response() {
            return response;
        }

        Callback callback() {
            return callback;
        }

        boolean tooLarge() {
            return answer(413, PayloadReader.tooLarge(limits.maxPayload()));
        }

        boolean tooSlow() {
            return answer(408, PayloadReader.tooSlow(limits));
        }

        boolean noRoom() {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
            return answer(503, PayloadReader.NO_ROOM);
        }

        /** The contract has 500 for all; what can be blamed on the client gets a 4xx here (G12). */
        boolean unreadable(Throwable failure) {
            if (failure instanceof TimeoutException) {
                return tooSlow();
            }
            return answer(isCutOff() ? 500 : 400, "could not read request body");
        }

        private boolean isCutOff() {
            return response.getRequest()
                    .getConnectionMetaData()
                    .getConnection()
                    .getEndPoint()
                    .isInputShutdown();
        }

        boolean answer(int status, String text) {
            response.setStatus(status);
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, Answers.TEXT);
            Content.Sink.write(response, true, text, callback);
            return true;
        }
    }
}
