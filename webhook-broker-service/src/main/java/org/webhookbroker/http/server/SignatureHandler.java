package org.webhookbroker.http.server;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.webhookbroker.api.BrokerHeaders;
import org.webhookbroker.background.ByteBudget;
import org.webhookbroker.message.IntakeFactory.Limits;

/**
 * Refuses requests that are not signed, before they are routed (contract 13.2, in its order). It reads the body to its end
 * without a thread that waits, and hands the request on with the same body. Until the signature is checked, the body is in a part of
 * the memory, in which those that arrive slowly make room for others.
 */
public final class SignatureHandler extends Handler.Wrapper {
    /** The request attribute that is true for a request without a signature, where signatures are asked for. */
    public static final String UNSIGNED = "org.webhookbroker.unsigned";

    /** Of the memory for bodies: what anybody may take who knows no secret. Two of the largest bodies fit. */
    private static final int NOT_PROVED_PERCENT = 75;

    private final Gateway gateway;
    private final AwaitedBodies bodies;
    private final Limits limits;

    SignatureHandler(Gateway gateway, ByteBudget budget, Limits limits) {
        this.gateway = gateway;
        this.bodies = new AwaitedBodies(budget.part(NOT_PROVED_PERCENT), Pace.of(limits), Pace.OF_STRANGERS_IN_NEED);
        this.limits = limits;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String path = Objects.requireNonNullElse(request.getHttpURI().getPath(), "");
        if (HttpRules.isAdmin(request.getConnectionMetaData().getConnector())) {
            return super.handle(request, response, callback);
        }
        if (gateway.isExempt(path)) {
            request.setAttribute(UNSIGNED, !isSigned(request));
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
            return refusals.refused(BodyTrouble.TOO_LARGE);
        }
        bodies.read(request, limits.maxPayload(), new Check(request, refusals, signature.get(), this));
        return true;
    }

    /** An exempt request needs no signature, and is shown more with one. Its body is not read for that. */
    private boolean isSigned(Request request) {
        String header = Objects.requireNonNullElse(request.getHeaders().get(BrokerHeaders.SIGNATURE), "");
        return request.getLength() <= 0
                && !request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)
                && SignatureHeader.parse(header)
                        .filter(gateway::isTimely)
                        .filter(signature -> gateway.matches(signature, ByteBuffer.allocate(0)))
                        .isPresent();
    }

    /** Checks the signature once the body is whole. */
    private record Check(Request request, Refusals refusals, SignatureHeader signature, SignatureHandler handler)
            implements BodyReceiver {
        @Override
        public void whole(BodyBuffer body) throws Exception {
            ByteBuffer bytes = ByteBuffer.wrap(body.bytes(), 0, body.size());
            if (!handler.gateway.matches(signature, bytes)) {
                refusals.answer(403, "invalid signature");
                return;
            }
            body.leavePart();
            if (body.trim()) {
                handler.handleProved(new ReplayedRequest(request, body), refusals);
            } else {
                refusals.refused(BodyTrouble.NO_ROOM);
            }
        }

        @Override
        public void refused(BodyTrouble why) {
            refusals.refused(why);
        }

        @Override
        public void failed(Throwable failure) {
            refusals.callback().failed(failure);
        }
    }

    private void handleProved(Request request, Refusals refusals) throws Exception {
        if (!super.handle(request, refusals.response(), refusals.callback())) {
            Response.writeError(request, refusals.response(), refusals.callback(), 404);
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

        /** The contract answers 500 to all; here a failure that is the client's fault gets a 4xx (G12). */
        boolean refused(BodyTrouble why) {
            return switch (why) {
                case TOO_LARGE -> answer(413, PayloadReader.tooLarge(limits));
                case TOO_SLOW -> answer(408, PayloadReader.tooSlow(limits));
                case MALFORMED -> answer(400, "could not read request body");
                case CUT_OFF -> answer(500, "could not read request body");
                case NO_ROOM -> {
                    response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
                    yield answer(503, PayloadReader.NO_ROOM);
                }
            };
        }

        boolean answer(int status, String text) {
            return Answers.write(response, callback, status, text);
        }
    }
}
