package org.webhookbroker.http.server;

import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.ext.WriterInterceptor;
import jakarta.ws.rs.ext.WriterInterceptorContext;
import java.io.IOException;
import org.eclipse.jetty.io.EofException;

/** Ends an answer quietly when its client has gone away. Jersey would log a stack trace, although the broker did nothing wrong. */
@Priority(Priorities.ENTITY_CODER) // lower than that of interceptors without one, so around them
final class AbsentClient implements WriterInterceptor {
    @Override
    public void aroundWriteTo(WriterInterceptorContext context) throws IOException {
        try {
            context.proceed();
        } catch (EofException gone) {
            // The connection is closed, and nobody who reads the log can do anything about it.
        }
    }
}
