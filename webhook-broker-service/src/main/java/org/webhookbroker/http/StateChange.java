package org.webhookbroker.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.http.server.SmallBodies;
import org.webhookbroker.job.JobState;

/**
 * The body of a state change (contract 6.4). Keys may have any letter case, and unknown ones are ignored. The last of repeated keys
 * counts, and null counts as missing.
 *
 * @param next empty if there is no such state
 * @param timeout seconds; 0 if missing
 */
record StateChange(Optional<JobState> next, int timeout) {
    private static final int MAX_BYTES = 64 * 1024;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    static StateChange read(ContainerRequestContext request) {
        return parse(SmallBodies.takeText(request, MAX_BYTES, "a state change"));
    }

    private static StateChange parse(String body) {
        JsonNode json = tree(body);
        if (!json.isObject() && !json.isNull()) {
            throw bad("the body is not a JSON object");
        }
        String next = "";
        int timeout = 0;
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            if (field.getKey().equalsIgnoreCase("NextState")
                    && !field.getValue().isNull()) {
                next = text(field.getValue());
            } else if (field.getKey().equalsIgnoreCase("IncrementalTimeout")
                    && !field.getValue().isNull()) {
                timeout = seconds(field.getValue());
            }
        }
        return new StateChange(state(next), timeout);
    }

    private static JsonNode tree(String body) {
        try {
            JsonNode json = JSON.readTree(body);
            if (json.isMissingNode()) {
                throw bad("the body is empty, not a JSON object");
            }
            return json;
        } catch (JsonProcessingException malformed) {
            throw bad("the body is not a JSON object");
        }
    }

    private static String text(JsonNode value) {
        if (!value.isTextual()) {
            throw bad("`NextState` is not a string");
        }
        return value.textValue();
    }

    private static int seconds(JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
            throw bad("`IncrementalTimeout` is not a whole number of seconds from 0 to " + Integer.MAX_VALUE);
        }
        return value.intValue();
    }

    private static Refusal bad(String what) {
        return Refusal.of(400, "Bad Request: " + what);
    }

    private static Optional<JobState> state(String name) {
        return Arrays.stream(JobState.values())
                .filter(state -> state.name().equals(name))
                .findFirst();
    }

    boolean isTo(JobState state) {
        return next.filter(wanted -> wanted == state).isPresent();
    }
}
