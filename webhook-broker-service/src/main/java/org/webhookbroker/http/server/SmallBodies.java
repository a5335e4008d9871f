package org.webhookbroker.http.server;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.webhookbroker.background.ByteBudget;

/**
 * Awaits forms and JSON bodies before a resource sees the request, so that none of them holds a thread while it is on its way (G6).
 * Anybody may send one, and its sender is judged only afterwards: so all of them share little memory, where those that do not arrive
 * make room for others (G8). Payloads of broadcasts are left to {@link PayloadReader}.
 */
public final class SmallBodies extends Handler.Wrapper {
    /** Bytes of a form. */
    public static final int FORM = 32 << 10;
    /** Bytes of a JSON body. */
    public static final int JSON = 512 << 10;

    /** How the content type of a form begins. */
    public static final String FORM_TYPE = "application/x-www-form-urlencoded";

    /** With which some editors begin a text in UTF-8. */
    private static final String MARK = "\uFEFF";

    static final long IN_MEMORY = 8L << 20;

    private static final Pace PACE = new Pace(Duration.ofSeconds(10), 16 << 10);

    private final AwaitedBodies bodies =
            new AwaitedBodies(ByteBudget.withReserveForSmall(IN_MEMORY), PACE, Pace.OF_STRANGERS_IN_NEED);

    SmallBodies() {}

    /**
     * The body that came with the request; nobody else may read it.
     *
     * @param what it is, for the text of the refusal: "a form"
     */
    public static byte[] take(ContainerRequestContext request, int limit, String what) {
        byte[] body = {};
        if (request.getProperty(BodyBuffer.ATTRIBUTE) instanceof BodyBuffer buffer) {
            body = buffer.bytes();
            buffer.release();
        } else if (!RequestHeaders.first(request, "Content-Length").matches("0*")) {
            throw tooLarge(limit, what);
        }
        if (body.length > limit) {
            throw tooLarge(limit, what);
        }
        return body;
    }

    /** As {@link #take}, in UTF-8 and nothing else: no byte is guessed or replaced. */
    public static String takeText(ContainerRequestContext request, int limit, String what) {
        byte[] body = take(request, limit, what);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            return text.startsWith(MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException notUtf8) {
            throw Refusal.of(400, "Bad Request: %s must be in UTF-8".formatted(what));
        }
    }

    private static Refusal tooLarge(int limit, String what) {
        return Refusal.of(413, tooLargeText(limit, what));
    }

    private static String tooLargeText(int limit, String what) {
        return "Request Entity Too Large: %s has at most %s bytes".formatted(what, limit);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String path = request.getHttpURI().getPath();
        boolean form = mayBeForm(request.getMethod(), path);
        int limit = form ? FORM : JSON;
        boolean awaits = (form || request.getMethod().equals("POST"))
                && !DirectRequest.Target.isOf(request)
                && request.getLength() <= limit
                && !isRefusedForItsType(request)
                && !(request.getAttribute(BodyBuffer.ATTRIBUTE) instanceof BodyBuffer)
                && !HttpRules.isAdmin(request.getConnectionMetaData().getConnector());
        if (!awaits) {
            return super.handle(request, response, callback);
        }
        bodies.read(request, limit, new BodyReceiver() {
            @Override
            public void whole(BodyBuffer body) throws Exception {
                if (!body.trim()) {
                    refused(BodyTrouble.NO_ROOM);
                } else if (!SmallBodies.super.handle(new ReplayedRequest(request, body), response, callback)) {
                    Response.writeError(request, response, callback, 404);
                }
            }

            @Override
            public void refused(BodyTrouble why) {
                refuse(why, limit, response, callback);
            }

            @Override
            public void failed(Throwable failure) {
                callback.failed(failure);
            }
        });
        return true;
    }

    /** A PUT that is no form is answered 415 at once, whatever its body is. */
    private static boolean isRefusedForItsType(Request request) {
        return request.getMethod().equals("PUT")
                && !(request.getAttribute(RequestHeaders.attribute("Content-Type")) instanceof String type
                        && type.startsWith(FORM_TYPE));
    }

    private static boolean mayBeForm(String method, String path) {
        return method.equals("PUT") || method.equals("PATCH") || (method.equals("POST") && path.endsWith("/dlq"));
    }

    private static void refuse(BodyTrouble why, int limit, Response response, Callback callback) {
        if (why == BodyTrouble.NO_ROOM) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
        }
        boolean unused = switch (why) {
            case TOO_LARGE -> Answers.write(response, callback, 413, tooLargeText(limit, "the body of this request"));
            case TOO_SLOW ->
                Answers.write(
                        response,
                        callback,
                        400,
                        "Bad Request: the body must arrive within %s seconds, or at %s bytes a second; nothing was done"
                                .formatted(PACE.grace().toSeconds(), PACE.bytesASecond()));
            case NO_ROOM ->
                Answers.write(
                        response,
                        callback,
                        503,
                        "too many requests wait for their bodies: nothing was done, try again");
            case MALFORMED, CUT_OFF ->
                Answers.write(response, callback, 400, "Bad Request: the body could not be read to its end");
        };
    }
}
