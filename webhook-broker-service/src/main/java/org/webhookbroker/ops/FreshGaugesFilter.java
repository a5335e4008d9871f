package org.webhookbroker.ops;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.webhookbroker.background.BackgroundLoop;

/** Before a scrape: what {@code /dlq-status} and the like have shown by now, the metrics show too. */
final class FreshGaugesFilter extends HttpFilter {
    private static final long serialVersionUID = 1;

    private final transient SharedReads reads;
    private final transient BackgroundLoop loop;

    FreshGaugesFilter(SharedReads reads, BackgroundLoop loop) {
        this.reads = reads;
        this.loop = loop;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        try {
            reads.awaitNext(loop::wake);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
        chain.doFilter(request, response);
    }
}
