import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Requests as any client makes them; with a key if it has one. */
record Api(String broker, String key) {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    Api with(String otherKey) {
        return new Api(broker, otherKey);
    }

    HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(broker + path));
        return key.isEmpty() ? request : request.header("Authorization", "Bearer " + key);
    }

    HttpResponse<String> put(String path, String form) throws Exception {
        return send(form(path).PUT(BodyPublishers.ofString(form)));
    }

    HttpResponse<String> patch(String path, String form) throws Exception {
        String version = send(request(path)).headers().firstValue("Last-Modified").orElseThrow();
        return send(form(path).header("If-Unmodified-Since", version).method("PATCH", BodyPublishers.ofString(form)));
    }

    private HttpRequest.Builder form(String path) {
        return request(path).header("Content-Type", "application/x-www-form-urlencoded");
    }

    HttpResponse<String> get(String path) throws Exception {
        return send(request(path));
    }

    HttpResponse<String> post(String path) throws Exception {
        return send(request(path).POST(BodyPublishers.noBody()));
    }

    static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    /** The body of an answer that must have this status. */
    static String expect(int status, HttpResponse<String> answer) {
        if (answer.statusCode() != status) {
            throw new IllegalStateException(answer.request().method() + " " + answer.uri() + " answered "
                    + answer.statusCode() + " instead of " + status + ": " + answer.body());
        }
        return answer.body();
    }

    /** The text of a field of an answer. */
    static String field(String json, String name) {
        Matcher field = Pattern.compile("\"" + name + "\":\"([^\"]+)\"").matcher(json);
        if (!field.find()) {
            throw new IllegalStateException("There is no " + name + " in " + json);
        }
        return field.group(1);
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
