package org.webhookbroker.ops;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.webhookbroker.background.BackgroundLoop;

/**
 * Whether a balancer should give this node its requests. Only what another node would do better is a reason against it: while the
 * database is away, all of them answer 503 with {@code Retry-After}, and a balancer without any node would have no such answer.
 */
final class ReadyServlet extends HttpServlet {
    static final String PATH = "/ready";

    private static final long serialVersionUID = 1;

    /** The loops without which a node serves nobody well. What another does, or what waits, is no reason to take a node's requests away. */
    static final Pattern SERVING =
            Pattern.compile("heartbeat|registry|keys|settle|lease|pull-wait|(intake|schedule)-\\d+");

    private final transient BooleanSupplier stopping;
    private final transient List<BackgroundLoop> loops;

    ReadyServlet(BooleanSupplier stopping, List<BackgroundLoop> loops) {
        this.stopping = stopping;
        this.loops = loops.stream()
                .filter(loop -> SERVING.matcher(loop.name()).matches())
                .toList();
    }

    /** The same to any method: a balancer may ask by GET, HEAD or OPTIONS. */
    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Optional<String> reason = reason();
        response.setStatus(reason.isEmpty() ? 200 : 503);
        response.setHeader("Cache-Control", "no-store");
        response.setContentType("text/plain; charset=utf-8");
        String text = reason.map(why -> "not ready: " + why).orElse("ready") + "\n";
        response.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Told to everybody, so it names no channel and no consumer. */
    private Optional<String> reason() {
        return stopping.getAsBoolean()
                ? Optional.of("stopping")
                : loops.stream()
                        .filter(BackgroundLoop::isUnwell)
                        .map(loop -> "loop-" + loop.name() + ", see /healthcheck")
                        .findFirst();
    }
}
