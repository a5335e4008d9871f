package org.webhookbroker.ops;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.webhookbroker.audit.Action;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.audit.Operation;
import org.webhookbroker.audit.Outcome;
import org.webhookbroker.audit.Shown;
import org.webhookbroker.audit.Target;
import org.webhookbroker.audit.Who;
import org.webhookbroker.auth.Actor;

/**
 * Records each call of a task, and hands a {@link TaskOutput} to the tasks; without it each refused parameter would be answered 500. What a
 * task changes is recorded where it is changed, so the call may be made also while nothing can be recorded: an operator may need it most then.
 */
final class TaskOutputFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    /** Of these the record has the values. Of others no more than the names: somebody may have written a secret there. */
    static final Set<String> RECORDED = Set.of(
            "channel",
            "consumer",
            "duration",
            "do",
            "dry-run",
            "ends",
            "from",
            "id",
            "job",
            "level",
            "logger",
            "max",
            "message",
            "name",
            "overlap",
            "per-second",
            "producer",
            "reason",
            "role",
            "runs",
            "source",
            "to");

    private static final String NOT_RECORDED = "(not recorded)";

    /** How keys and signing secrets begin, wherever somebody wrote one. */
    private static final Pattern SECRET = Pattern.compile("(?i)whb_|whsec_|whsk_");

    private static final int MOST_PARAMETERS = 20;

    private final transient AuditTrail trail;

    TaskOutputFilter(AuditTrail trail) {
        this.trail = trail;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Who who = Actor.of(request).who().operating();
        HttpServletResponse answer = new HttpServletResponseWrapper(response) {
            @Override
            public PrintWriter getWriter() throws IOException {
                return new TaskOutput(super.getWriter(), response, who);
            }
        };
        if (!request.getMethod().equals("POST")) {
            chain.doFilter(request, answer);
            return;
        }
        Operation call = trail.begin(who.doing(Action.TASK).on(task(request)).with(parameters(request)));
        Outcome outcome = Outcome.FAILED;
        call.begin();
        try {
            chain.doFilter(request, answer);
            outcome = response.getStatus() < 400
                    ? Outcome.DONE
                    : response.getStatus() < 500 ? Outcome.REFUSED : Outcome.FAILED;
        } finally {
            call.end(outcome);
        }
    }

    static Target task(HttpServletRequest request) {
        String path = Objects.requireNonNullElse(request.getPathInfo(), "");
        return Target.of(Target.Kind.TASK, withoutSecret(path.startsWith("/") ? path.substring(1) : path));
    }

    private static Shown parameters(HttpServletRequest request) {
        Shown shown = new Shown();
        new TreeMap<>(request.getParameterMap())
                .entrySet().stream()
                        .limit(MOST_PARAMETERS)
                        .forEach(each -> shown.and(
                                withoutSecret(each.getKey()),
                                RECORDED.contains(each.getKey())
                                        ? withoutSecret(String.join(", ", each.getValue()))
                                        : NOT_RECORDED));
        return shown;
    }

    private static String withoutSecret(String text) {
        return SECRET.matcher(text).find() ? NOT_RECORDED : text;
    }
}
