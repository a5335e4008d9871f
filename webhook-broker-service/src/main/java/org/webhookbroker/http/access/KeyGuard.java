package org.webhookbroker.http.access;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.webhookbroker.auth.Actor;
import org.webhookbroker.auth.ApiKey;
import org.webhookbroker.auth.ChannelScope;
import org.webhookbroker.auth.KeyCheck;
import org.webhookbroker.auth.KeysUnavailableException;
import org.webhookbroker.auth.Role;
import org.webhookbroker.http.server.Answers;
import org.webhookbroker.http.server.RouteGuard;
import org.webhookbroker.http.server.Routes.Route;

/**
 * Lets pass what has a key that its route needs. It knows the path and the key, and looks nothing up: what it answers does not depend
 * on what there is.
 */
public final class KeyGuard implements RouteGuard {
    static final String WRONG_KEY = "Unauthorized: the key in `Authorization` is malformed, unknown, ended or revoked;"
            + " send one header `Authorization: Bearer` with a key that is in use";
    private static final String NO_KEY =
            "Unauthorized: a key is needed; send it as `Authorization: Bearer`, whoever runs the broker makes one";
    static final String TOO_MANY =
            "Too Many Requests: too many wrong keys or tokens came from this address; send one that is right, or wait";

    static final String NO_DATABASE = "The database does not say which keys are in use: nothing was done, try again";

    private final KeyCheck check;

    public KeyGuard(KeyCheck check) {
        this.check = check;
    }

    @Override
    public boolean refuses(Route route, List<String> path, Request request, Response response, Callback callback) {
        Optional<Rule> rule = Rule.of(route);
        List<String> sent = request.getHeaders().getValuesList(HttpHeader.AUTHORIZATION);
        if (sent.isEmpty()) {
            boolean passes =
                    rule.filter(known -> known.orTokens() || known.isForAll()).isPresent();
            String address = Request.getRemoteAddr(request);
            request.setAttribute(Caller.ATTRIBUTE, Caller.stranger(() -> check.wrongToken(address)));
            return !passes && refuse(401, NO_KEY, response, callback);
        }
        KeyCheck.Verdict verdict;
        try {
            verdict = check.judge(sent, Request.getRemoteAddr(request));
        } catch (KeysUnavailableException noDatabase) {
            return tooEarly(503, NO_DATABASE, Duration.ofSeconds(1), response, callback);
        }
        if (verdict.key().isEmpty()) {
            return verdict.pause().isZero()
                    ? refuse(401, WRONG_KEY, response, callback)
                    : tooEarly(429, TOO_MANY, verdict.pause(), response, callback);
        }
        ApiKey key = verdict.key().get();
        if (rule.filter(known -> may(key, known, route, path)).isEmpty()) {
            return Answers.write(response, callback, 403, lacking(rule));
        }
        request.setAttribute(Actor.ATTRIBUTE, new Actor(Optional.of(key), Request.getRemoteAddr(request)));
        request.setAttribute(Caller.ATTRIBUTE, Caller.with(key, () -> check.find(sent.get(0))));
        return false;
    }

    private static boolean may(ApiKey key, Rule rule, Route route, List<String> path) {
        if (rule.isForAll()) {
            return true;
        }
        boolean covers = route.parameter("channelId", path)
                .or(() -> route.parameter("producerId", path))
                .map(key.channels()::covers)
                .orElse(rule.ofCovered() || key.channels().equals(ChannelScope.ALL));
        return covers && rule.roles().stream().anyMatch(key::may);
    }

    private static String lacking(Optional<Rule> rule) {
        String roles = rule.map(Rule::roles).orElse(List.of(Role.ADMIN)).stream()
                .map(Role::wireName)
                .collect(Collectors.joining(" or "));
        return "Forbidden: this needs a key with the role " + roles
                + " that covers what the path names; whoever runs the broker makes one";
    }

    /** Whole ones, after which the pause is over. */
    static long seconds(Duration pause) {
        return pause.plusNanos(999_999_999).toSeconds();
    }

    private static boolean refuse(int status, String text, Response response, Callback callback) {
        response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
        return Answers.write(response, callback, status, text);
    }

    private static boolean tooEarly(int status, String text, Duration pause, Response response, Callback callback) {
        response.getHeaders().put(HttpHeader.RETRY_AFTER, Long.toString(seconds(pause)));
        return Answers.write(response, callback, status, text);
    }
}
