package org.webhookbroker.ops;

import io.dropwizard.core.setup.Environment;
import io.dropwizard.servlets.tasks.TaskServlet;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.webhookbroker.audit.Action;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.audit.Outcome;
import org.webhookbroker.audit.Shown;
import org.webhookbroker.audit.Who;
import org.webhookbroker.auth.Actor;
import org.webhookbroker.auth.ApiKey;
import org.webhookbroker.auth.KeyCheck;
import org.webhookbroker.auth.KeysUnavailableException;
import org.webhookbroker.auth.Role;

/** Refuses calls of the admin port without the key that they need. Whatever is not named here needs one of the role admin. */
public final class AdminKeys extends HttpFilter {
    private static final long serialVersionUID = 1;

    private static final String TASKS = "/tasks/";

    private final transient KeyCheck check;
    private final List<String> free;
    private final transient AuditTrail trail;
    private final transient RefusedTasks refused = new RefusedTasks(System::nanoTime);
    private final transient Function<String, Role> ofTask;

    private AdminKeys(KeyCheck check, List<String> free, AuditTrail trail, Function<String, Role> ofTask) {
        this.check = check;
        this.free = List.copyOf(free);
        this.trail = trail;
        this.ofTask = ofTask;
    }

    /** @param free paths for which nobody needs a key; of the health checks a stranger sees no more than which are red */
    public static void install(Environment environment, KeyCheck check, List<String> free, AuditTrail trail) {
        environment
                .admin()
                .addFilter("admin-keys", new AdminKeys(check, free, trail, name -> role(environment, name)))
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
    }

    /** Of the library's own tasks too, which do not say. */
    private static Role role(Environment environment, String name) {
        try {
            return environment
                                    .getAdminContext()
                                    .getServletHandler()
                                    .getServlet("tasks")
                                    .getServlet()
                            instanceof TaskServlet tasks
                    ? tasks.getTasks().stream()
                            .filter(task -> task.getName().equals(name))
                            .map(task -> task instanceof OperatorTask ours ? ours.role() : Role.ADMIN)
                            .findFirst()
                            .orElse(Role.ADMIN)
                    : Role.ADMIN;
        } catch (ServletException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String path = request.getServletPath() + Objects.requireNonNullElse(request.getPathInfo(), "");
        List<String> sent = Collections.list(request.getHeaders(KeyCheck.HEADER));
        if (free.contains(path)) {
            if (path.equals(BriefHealth.PATH) && !mayRead(sent, request)) {
                BriefHealth.answer(request, response, chain);
            } else {
                chain.doFilter(request, response);
            }
            return;
        }
        Role needed = needed(path);
        if (sent.isEmpty()) {
            unauthorized(
                    "A key with the role " + needed.wireName()
                            + " is needed: send it as `Authorization: Bearer`, or make one by the command `keys`",
                    response);
            return;
        }
        KeyCheck.Verdict verdict;
        try {
            verdict = check.judge(sent, request.getRemoteAddr());
        } catch (KeysUnavailableException noDatabase) {
            tooEarly(503, "The database does not say which keys are in use", Duration.ofSeconds(1), response);
            return;
        }
        if (verdict.key().isEmpty()) {
            if (verdict.pause().isZero()) {
                unauthorized("The key in `Authorization` is malformed, unknown, ended or revoked", response);
            } else {
                tooEarly(429, "Too many wrong keys came from this address", verdict.pause(), response);
            }
        } else if (!verdict.key().get().may(needed)) {
            if (path.startsWith(TASKS) && request.getMethod().equals("POST")) {
                recordRefused(verdict.key().get(), request);
            }
            answer(403, "This needs a key with the role " + needed.wireName(), response);
        } else {
            Actor.is(verdict.key().get(), request);
            chain.doFilter(request, response);
        }
    }

    /** A probe gets its answer also with a wrong key, and while the database is away. */
    private boolean mayRead(List<String> sent, HttpServletRequest request) {
        try {
            return !sent.isEmpty()
                    && check.judge(sent, request.getRemoteAddr())
                            .key()
                            .filter(key -> key.may(Role.READ))
                            .isPresent();
        } catch (KeysUnavailableException noDatabase) {
            return false;
        }
    }

    /** Without parameters: nothing of the body is read. */
    private void recordRefused(ApiKey key, HttpServletRequest request) {
        refused.toRecord(key.id()).ifPresent(leftOut -> {
            Who who = new Actor(Optional.of(key), request.getRemoteAddr()).who();
            Shown more = leftOut == 0 ? new Shown() : new Shown().and("leftOut", Long.toString(leftOut));
            trail.begin(who.doing(Action.TASK)
                            .on(TaskOutputFilter.task(request))
                            .with(more))
                    .beginAndEnd(Outcome.REFUSED);
        });
    }

    private Role needed(String path) {
        if (path.equals(AuditServlet.PATH)) {
            return Role.OPERATE;
        }
        return AdminGuard.MONITORING.contains(path)
                ? Role.READ
                : path.startsWith(TASKS) ? ofTask.apply(path.substring(TASKS.length())) : Role.ADMIN;
    }

    private static void unauthorized(String text, HttpServletResponse response) throws IOException {
        response.setHeader("WWW-Authenticate", "Bearer");
        answer(401, text, response);
    }

    private static void tooEarly(int status, String text, Duration pause, HttpServletResponse response)
            throws IOException {
        response.setHeader(
                "Retry-After", Long.toString(pause.plusNanos(999_999_999).toSeconds()));
        answer(status, text, response);
    }

    private static void answer(int status, String text, HttpServletResponse response) throws IOException {
        response.setStatus(status);
        response.setContentType("text/plain; charset=utf-8");
        response.getOutputStream().write((text + "; nothing was done\n").getBytes(StandardCharsets.UTF_8));
    }
}
