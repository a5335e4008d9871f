package org.webhookbroker.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.http.server.SmallBodies;

/** Reads the JSON bodies of our additions to the contract; the content type does not matter. An empty body is an empty object. */
final class JsonBody {
    /** The ends of a thousand leases, with every field, have 8000. In memory a short string takes fifty times its bytes (G8). */
    private static final int MAX_TOKENS = 10_000;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxTokenCount(MAX_TOKENS)
                            .build())
                    .build())
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES)
            // Jackson (2.23) compares names in the letter case of the language that the JVM runs in.
            .defaultLocale(Locale.ROOT)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    private JsonBody() {}

    static <T> T read(ContainerRequestContext request, Class<T> type) {
        String body = SmallBodies.takeText(request, SmallBodies.JSON, "a JSON body");
        @Nullable T value = parse(body.isEmpty() ? "{}" : body, type);
        if (value == null) {
            throw bad("the body is not a JSON object");
        }
        return value;
    }

    private static <T> @Nullable T parse(String body, Class<T> type) {
        try {
            return JSON.readValue(body, type);
        } catch (StreamConstraintsException tooMuch) {
            throw tooMuch();
        } catch (JsonMappingException misfit) {
            if (misfit.getCause() instanceof StreamConstraintsException) {
                throw tooMuch();
            }
            String field = path(misfit.getPath());
            throw bad(
                    field.isEmpty()
                            ? "the body is not a JSON object"
                            : "`" + field + "` is unknown or not of the right type");
        } catch (JsonProcessingException malformed) {
            throw bad("the body is not JSON");
        }
    }

    private static Refusal tooMuch() {
        return bad("the body has more than %s JSON tokens, or is nested too deep".formatted(MAX_TOKENS));
    }

    /** Such as {@code Nacks[0].DelaySeconds}. */
    private static String path(List<JsonMappingException.Reference> path) {
        return path.stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : "." + step.getFieldName())
                .collect(Collectors.joining())
                .replaceFirst("^\\.", "");
    }

    static Refusal bad(String what) {
        return Refusal.of(400, "Bad Request: " + what);
    }

    /** The value, or {@code otherwise} if it is not given. Refuses one that is out of bounds. */
    static int number(String field, @Nullable Integer value, int otherwise, int min, int max) {
        int number = value == null ? otherwise : value;
        if (number < min || number > max) {
            throw bad("`" + field + "` is " + number + ", not from " + min + " to " + max);
        }
        return number;
    }
}
