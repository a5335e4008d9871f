package org.webhookbroker.http.server;

import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.ext.WriterInterceptor;
import jakarta.ws.rs.ext.WriterInterceptorContext;
import java.io.IOException;
import org.eclipse.jetty.io.EofException;

/** Ends answers whose client has gone away: that is no error of the broker, for which Jersey would log a stack trace. */
@Priority(Priorities.ENTITY_CODER) // before those of none, so around them
final class AbsentClient implements WriterInterceptor {
    @Override
    public void aroundWriteTo(WriterInterceptorContext context) throws IOException {
        try {
            context.proceed();
        } catch (EofException gone) {
            // Its connection is closed, and who reads the logs can do nothing about it.
        }
    }
}
