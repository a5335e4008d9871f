package org.webhookbroker.ops;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.webhookbroker.audit.Action;
import org.webhookbroker.audit.AuditQuery;
import org.webhookbroker.audit.Target;
import org.webhookbroker.database.Xid;

/** What a {@code GET /audit} asks for. */
record AuditRequest(AuditQuery query, Map<String, String> given) {
    private static final List<String> KNOWN =
            List.of("actor", "action", "kind", "target", "channel", "from", "to", "before", "limit");
    private static final int MOST = 1000;
    private static final int OTHERWISE = 100;

    static AuditRequest of(HttpServletRequest request) throws BadParameterException {
        Map<String, List<String>> values = request.getParameterMap().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, each -> List.of(each.getValue())));
        Parameters parameters = new Parameters(values, KNOWN);
        AuditQuery.Filters filters = new AuditQuery.Filters(
                parameters.text("actor"),
                oneOf(
                        parameters,
                        "action",
                        Action::parse,
                        Arrays.stream(Action.values()).map(Action::wireName).toList()),
                oneOf(
                        parameters,
                        "kind",
                        Target.Kind::parse,
                        Arrays.stream(Target.Kind.values())
                                .map(Target.Kind::wireName)
                                .toList()),
                parameters.text("target"),
                parameters.text("channel"));
        AuditQuery query =
                new AuditQuery(filters, parameters.time("from"), parameters.time("to"), before(parameters), (int)
                        parameters.number("limit", OTHERWISE, 1, MOST));
        return new AuditRequest(
                query,
                values.entrySet().stream()
                        .filter(each -> !each.getValue().get(0).isEmpty())
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, each -> each.getValue().get(0))));
    }

    private static Optional<Xid> before(Parameters parameters) throws BadParameterException {
        Optional<String> text = parameters.text("before");
        Optional<Xid> id = text.flatMap(Xid::parse);
        if (text.isPresent() && id.isEmpty()) {
            throw BadParameterException.of("before", text.get(), "write the id of an entry");
        }
        return id;
    }

    private static <T> Optional<T> oneOf(
            Parameters parameters, String name, Function<String, Optional<T>> parse, List<String> all)
            throws BadParameterException {
        Optional<String> text = parameters.text(name);
        Optional<T> found = text.flatMap(parse);
        if (text.isPresent() && found.isEmpty()) {
            throw BadParameterException.of(name, text.get(), "write one of " + String.join(", ", all));
        }
        return found;
    }

    /** Of the page that begins behind this id, with the same filters. It is ASCII, and has no quotation mark. */
    String link(Xid id) {
        return KNOWN.stream()
                        .filter(name -> given.containsKey(name) && !name.equals("before"))
                        .map(name -> name + "="
                                + URLEncoder.encode(given.getOrDefault(name, ""), StandardCharsets.UTF_8) + "&")
                        .collect(Collectors.joining("", "/audit?", ""))
                + "before=" + id;
    }
}
