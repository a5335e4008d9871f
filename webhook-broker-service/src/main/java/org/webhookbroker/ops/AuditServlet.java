package org.webhookbroker.ops;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.JdbiException;
import org.webhookbroker.audit.AuditEntry;
import org.webhookbroker.audit.AuditLog;
import org.webhookbroker.audit.AuditReads;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;

/** {@code GET /audit}: who did what, the newest first. */
final class AuditServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    /** Each reads up to 8 MB. */
    private static final int AT_ONCE = 2;

    /** Each holds a thread of the server. */
    private static final int MOST_WAITING = 4;

    /** Of an answer, which may wait for its reader: the next page has the rest. */
    private static final int LARGEST = 1 << 20;

    private final transient AuditReads reads;
    private final transient Semaphore places = new Semaphore(AT_ONCE, true);

    AuditServlet(AuditReads reads) {
        this.reads = reads;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            AuditRequest wanted = AuditRequest.of(request);
            if (places.getQueueLength() >= MOST_WAITING || !places.tryAcquire(1, TimeUnit.SECONDS)) {
                tryAgain(response, "Others read the audit");
                return;
            }
            byte[] answer;
            try {
                answer = answer(wanted, reads.page(wanted.query()));
            } finally {
                places.release();
            }
            response.setContentType("application/json");
            response.getOutputStream().write(answer);
        } catch (BadParameterException refused) {
            write(response, HttpServletResponse.SC_BAD_REQUEST, refused.getMessage() + "\n");
        } catch (JdbiException failure) {
            if (!Database.isUnavailable(failure)) {
                throw failure;
            }
            tryAgain(response, "The database cannot be reached at the moment");
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            tryAgain(response, "This node stops");
        }
    }

    private static byte[] answer(AuditRequest wanted, AuditReads.Page page) {
        StringBuilder json = new StringBuilder("{\"entries\":[");
        Optional<Xid> next = page.next();
        String before = "\n";
        for (AuditEntry entry : page.entries()) {
            json.append(before).append(AuditLog.json(entry));
            before = ",\n";
            if (json.length() > LARGEST) {
                next = Optional.of(entry.id());
                break;
            }
        }
        json.append(']');
        next.ifPresent(
                id -> json.append(",\n\"next\":\"").append(wanted.link(id)).append('"'));
        return json.append("}\n").toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static void tryAgain(HttpServletResponse response, String why) throws IOException {
        response.setHeader("Retry-After", "1");
        write(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, why + "; try again\n");
    }

    private static void write(HttpServletResponse response, int status, String text) throws IOException {
        response.setStatus(status);
        response.setContentType("text/plain; charset=utf-8");
        response.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }
}
