package org.webhookbroker.http.server;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import org.eclipse.jetty.http.HttpException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.background.IncarnationEndedException;
import org.webhookbroker.database.Database;
import org.webhookbroker.secrets.SecretUnreadableException;

/** Answers failures that no resource answers. It logs each once, and tells the client no details. */
final class UnexpectedErrorMapper implements ExceptionMapper<Throwable> {
    private static final Logger LOG = LoggerFactory.getLogger(UnexpectedErrorMapper.class);

    @Context
    @SuppressWarnings("NullAway.Init")
    private HttpServletRequest request;

    @Override
    public Response toResponse(Throwable failure) {
        return answer(failure, request.getAttribute(RequestId.NAME), request.getMethod(), request.getRequestURI());
    }

    static Response answer(Throwable failure, @Nullable Object requestId, String method, String path) {
        if (failure instanceof WebApplicationException answer) {
            Response.StatusType status = answer.getResponse().getStatusInfo();
            return Answers.text(status.getStatusCode(), status.getReasonPhrase())
                    .build();
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof HttpException malformed && malformed.getCode() < 500) {
                return Answers.text(malformed.getCode(), "Bad Request: the body could not be read")
                        .build();
            }
        }
        String id = String.valueOf(requestId);
        if (Database.isUnavailable(failure)) {
            LOG.warn("Request {} found no database: {}", RequestId.start(id), rootOf(failure));
            return tryAgain("The database cannot be reached at the moment, try again; request id " + id);
        }
        if (failure instanceof IncarnationEndedException) {
            LOG.warn("Request {} came while this node was taken for dead", RequestId.start(id), failure);
            return tryAgain("This node was not heard for a while: nothing was done, try again; request id " + id);
        }
        if (failure instanceof SecretUnreadableException unreadable) {
            LOG.warn(
                    "Request {} needs a secret that this node cannot read: {}",
                    RequestId.start(id),
                    unreadable.reason());
            return tryAgain(
                    "This node cannot read a secret that is needed here, another may: try again; request id " + id);
        }
        LOG.error("Request {} failed: {} {}", RequestId.start(id), method, RequestId.start(path), failure);
        return Answers.text(500, text(id)).build();
    }

    /** Says all: the request is as good as any other, and while the database is away each fails. */
    private static String rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.toString();
    }

    private static Response tryAgain(String text) {
        return Refusal.tryAgain(text).getResponse();
    }

    static String text(String requestId) {
        return "Internal Server Error; the log has the cause under request id " + requestId;
    }
}
