package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.auth.Role;
import org.webhookbroker.http.access.Rule;
import org.webhookbroker.http.server.Routes;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.RawClient;
import org.webhookbroker.testing.ServedRoutes.Route;

/** Each route says which keys may call it, and the page, the document and the broker all say the same. */
final class RolesOfRoutesTest {
    /** Serves beside the broker, and says nothing of keys. */
    @jakarta.ws.rs.Path("/silent")
    public static final class Silent {
        @jakarta.ws.rs.GET
        public String get() {
            return "reached";
        }
    }

    @RegisterExtension
    static final KeyedBroker keyed = new KeyedBroker();

    private static final String[] ROLES = {"operate", "read", "register", "broadcast", "consume"};

    /** Of each route, by the annotations. */
    private static Map<String, Rule> rules() {
        Map<String, Rule> rules = new TreeMap<>();
        for (Route route : keyed.broker().routes()) {
            rules.put(route.toString(), rule(route));
        }
        return rules;
    }

    private static Rule rule(Route route) {
        return Rule.of(new Routes.Route(
                        route.method(),
                        List.of(route.template().substring(1).split("/")),
                        keyed.broker().handler(route)))
                .orElseThrow(() -> new AssertionError(route + " does not say which keys may call it"));
    }

    @Test
    void eachMethodOfAResourceSays() {
        assertThat(rules()).hasSizeGreaterThan(35);
        assertThat(rules().values()).allSatisfy(rule -> assertThat(rule.roles()).doesNotContain(Role.ADMIN));
    }

    @Test
    void theDocumentSaysTheSame() {
        OpenApiDocument document = new OpenApiDocument(
                Json.parse(keyed.stranger().get("/openapi.json").body()));
        Map<String, List<String>> documented = new TreeMap<>();
        document.operations().forEach(operation -> {
            List<String> roles = new ArrayList<>();
            operation.node().path("x-role").forEach(role -> roles.add(role.asText()));
            documented.put(operation.route().toString(), roles);
        });
        Map<String, List<String>> said = new TreeMap<>();
        rules().forEach((route, rule) ->
                said.put(route, rule.roles().stream().map(Role::wireName).toList()));
        assertThat(documented).isEqualTo(said);
    }

    /** The table of docs/api.md: method, path, roles, tokens. */
    @Test
    void thePageSaysTheSame() throws IOException {
        Map<String, String> page = new TreeMap<>();
        Matcher row = Pattern.compile("(?m)^\\| `([A-Z]+) (/[^`]*)` \\| ([a-z, -]+) \\| (yes|) ?\\|$")
                .matcher(Files.readString(Path.of("..", "docs", "api.md")));
        while (row.find()) {
            page.put(row.group(1) + " " + row.group(2), row.group(3) + " " + row.group(4));
        }
        Map<String, String> said = new TreeMap<>();
        rules().forEach((route, rule) -> said.put(
                route.replace("{channelId}", "{c}")
                        .replace("{producerId}", "{p}")
                        .replace("{consumerId}", "{k}")
                        .replace("{messageId}", "{m}")
                        .replace("{jobId}", "{j}"),
                (rule.roles().isEmpty()
                                ? "everybody"
                                : rule.roles().stream().map(Role::wireName).collect(Collectors.joining(", ")))
                        + " " + (rule.orTokens() ? "yes" : "")));
        assertThat(page).isEqualTo(said);
    }

    /** What it answers: 401 without a key, 403 with one of another role, something else with one of a role that it names. */
    @Test
    void theBrokerDoesTheSame() {
        List<String> wrong = new ArrayList<>();
        rules().forEach((route, rule) -> {
            String line = route.replaceAll("\\{(channelId|producerId)}", "mine").replaceAll("\\{[a-zA-Z]+}", "none");
            for (String role : ROLES) {
                boolean may = rule.roles().isEmpty()
                        || rule.roles().contains(Role.parse(role).orElseThrow())
                        || (role.equals("operate") && rule.roles().contains(Role.READ));
                Answer answer = keyed.as(role).send(line, "", "X-Broker-Producer-ID: mine");
                if ((answer.status() == 403) == may) {
                    wrong.add(role + " " + line + ": " + answer);
                }
            }
            int stranger = keyed.stranger().send(line, "").status();
            boolean passes = rule.orTokens() || rule.roles().isEmpty();
            if ((stranger == 401) == passes) {
                wrong.add("nobody " + line + ": " + stranger);
            }
            int admin = keyed.as("admin")
                    .send(line, "", "X-Broker-Producer-ID: mine")
                    .status();
            if (admin == 403) {
                wrong.add("admin " + line + ": " + admin);
            }
        });
        assertThat(wrong).isEmpty();
    }

    @Test
    void whatDoesNotSayIsForNobody() throws Exception {
        Method silent = Silent.class.getMethod("get");
        assertThat(Rule.of(new Routes.Route("GET", List.of("silent"), Optional.of(silent))))
                .isEmpty();
        assertThat(Rule.of(new Routes.Route("GET", List.of("servlet"), Optional.empty())))
                .isEmpty();
        RawClient admin = keyed.as("admin");
        assertThat(Stream.of("/metrics", "/_status").map(path -> admin.get(path).status()))
                .containsOnly(200);
        assertThat(Arrays.asList(ROLES)).hasSize(Role.values().length - 1);
    }
}
