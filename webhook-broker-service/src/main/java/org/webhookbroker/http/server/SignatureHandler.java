package org.webhookbroker.http.server;

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
import org.webhookbroker.background.ByteBudget;
import org.webhookbroker.message.IntakeFactory.Limits;

/**
 * Refuses requests that are not signed, before they are routed (contract 13.2, in its order). It reads the body to its end without
 * a thread that waits, and hands the request on with the same body.
 */
final class SignatureHandler extends Handler.Wrapper {
    private final Gateway gateway;
    private final ByteBudget budget;
    private final Limits limits;

    SignatureHandler(Gateway gateway, ByteBudget budget, Limits limits) {
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

    /** Reads what has arrived, is called again when more arrives, and checks the signature at the end. */
    private final class Check implements Runnable {
        private final Request request;
        private final Refusals refusals;
        private final SignatureHeader signature;
        private final BodyBuffer body;

        Check(Request request, Refusals refusals, SignatureHeader signature) {
            this.request = request;
            this.refusals = refusals;
            this.signature = signature;
            this.body = new BodyBuffer(budget, limits, request.getLength());
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
            int count = chunk.remaining();
            boolean fits = body.mayTake(count);
            boolean room = fits && body.makeRoom(count);
            if (room) {
                body.add(chunk.getByteBuffer());
            }
            chunk.release();
            if (!fits) {
                return !refusals.tooLarge();
            }
            if (!room || (last && !body.trim())) {
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

    /** The ways to refuse the request. Each returns true, as a handler does that has answered. */
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
            return answer(413, PayloadReader.tooLarge(limits));
        }

        boolean tooSlow() {
            return answer(408, PayloadReader.tooSlow(limits));
        }

        boolean noRoom() {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
            return answer(503, PayloadReader.NO_ROOM);
        }

        /** The contract answers 500 to all; here a failure that is the client's fault gets a 4xx (G12). */
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
            return Answers.write(response, callback, status, text);
        }
    }
}
