package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.ServedRoutes.Route;

/** An OpenAPI document, and what follows from it. */
record OpenApiDocument(JsonNode root) {
    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    /** One operation and one of the statuses that it may answer. */
    record Documented(String operation, int status) implements Comparable<Documented> {
        @Override
        public int compareTo(Documented other) {
            return toString().compareTo(other.toString());
        }

        @Override
        public String toString() {
            return operation + " " + status;
        }
    }

    Set<String> routes() {
        Set<String> routes = new TreeSet<>();
        operations().forEach(operation -> routes.add(operation.route().toString()));
        return routes;
    }

    Set<Documented> answers() {
        Set<Documented> answers = new TreeSet<>();
        for (Operation operation : operations()) {
            operation
                    .node()
                    .path("responses")
                    .fieldNames()
                    .forEachRemaining(status -> answers.add(new Documented(operation.id(), Integer.parseInt(status))));
        }
        return answers;
    }

    record Operation(Route route, JsonNode node) {
        String id() {
            return node.path("operationId").asText();
        }
    }

    List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        root.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(method -> operations.add(new Operation(
                                new Route(method.getKey().toUpperCase(Locale.ROOT), path.getKey()),
                                method.getValue()))));
        return operations;
    }

    /** Status, headers, content type and body are as the document says. */
    void check(Documented documented, Answer answer) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(documented.status());
        JsonNode response = response(documented);
        response.path("headers").properties().forEach(header -> {
            JsonNode described = resolve(header.getValue());
            assertThat(answer.headers()).containsKey(header.getKey());
            String value = answer.header(header.getKey());
            boolean number = described.path("schema").path("type").asText().equals("integer");
            validate(described.path("schema"), number ? Json.parse(value) : text(value));
        });
        JsonNode content = response.path("content");
        if (content.isMissingNode()) {
            assertThat(answer.body()).isEmpty();
            assertThat(answer.headers()).doesNotContainKey("Content-Type");
            return;
        }
        String type = answer.header("Content-Type");
        assertThat(content.has(type)).as(type + " in " + content).isTrue();
        boolean json = type.equals("application/json");
        validate(content.path(type).path("schema"), json ? Json.parse(answer.body()) : text(answer.body()));
    }

    private JsonNode response(Documented documented) {
        return operations().stream()
                .filter(operation -> operation.id().equals(documented.operation()))
                .map(operation ->
                        resolve(operation.node().path("responses").path(Integer.toString(documented.status()))))
                .findFirst()
                .orElseThrow();
    }

    JsonNode resolve(JsonNode node) {
        JsonNode reference = node.path("$ref");
        return reference.isMissingNode() ? node : root.at(reference.asText().substring(1));
    }

    /** With the components within reach of the schema's references. */
    void validate(JsonNode schema, JsonNode value) {
        ObjectNode whole = schema.deepCopy();
        whole.set("components", root.path("components"));
        assertThat(SCHEMAS.getSchema(whole)
                        .validate(
                                value,
                                context -> context.executionConfig(config -> config.formatAssertionsEnabled(true))))
                .as(value.toString())
                .isEmpty();
    }

    private static JsonNode text(String value) {
        return TextNode.valueOf(value);
    }
}
