import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;

/**
 * Reads a list of objects of Kubernetes and prints a list of what its own client says about each, by the types of its API; "" if
 * nothing. It knows every field, so it finds those that do not exist. Types and what is missing others find better.
 */
public final class ChartFields {
    public static void main(String[] arguments) throws ReflectiveOperationException {
        JsonArray documents = JsonParser.parseReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).getAsJsonArray();
        JsonArray answers = new JsonArray();
        for (JsonElement document : documents) {
            answers.add(problem(document.getAsJsonObject()));
        }
        System.out.println(answers);
    }

    private static String problem(JsonObject document) throws ReflectiveOperationException {
        String apiVersion = document.get("apiVersion").getAsString();
        String version = apiVersion.substring(apiVersion.indexOf('/') + 1).toUpperCase(java.util.Locale.ROOT);
        Class<?> model = Class.forName("io.kubernetes.client.openapi.models." + version + document.get("kind").getAsString());
        try {
            model.getMethod("validateJsonElement", JsonElement.class).invoke(null, document);
            return "";
        } catch (InvocationTargetException wrong) {
            return String.valueOf(wrong.getCause().getMessage());
        }
    }
}
