import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A broker for consumers that others own, which this starts and ends: each request needs a key, calls go to public addresses alone, and
 * deliveries are signed.
 */
final class Trust {
    private static final String CONSUMER = "/channel/orders/consumer/partner";

    private final Map<String, String> settings;
    private final Api broker;

    private Trust(Path data) throws IOException {
        int port = freePort();
        this.settings = Map.of(
                "DATA_FOLDER", data.resolve("mariadb").toString(),
                "PORT", Integer.toString(port),
                "ADMIN_PORT", Integer.toString(freePort()),
                "AUTH_MODE", "keys",
                "OUTBOUND_POLICY", "public",
                "LOG_LEVEL", "WARN");
        this.broker = new Api("http://127.0.0.1:" + port, "");
    }

    public static void main(String[] args) throws Exception {
        Path data = Files.createTempDirectory("webhook-broker-demo");
        int status = 1;
        try {
            new Trust(data).run();
            status = 0;
        } catch (Exception failure) {
            failure.printStackTrace();
        } finally {
            delete(data);
        }
        System.exit(status); // The consumer listens on.
    }

    private void run() throws Exception {
        step("Making a key of the role admin, and starting a broker that asks for keys and calls public addresses alone");
        Api admin = broker.with(commandLine("keys", "add", "config.yml", "--role", "admin", "--name", "demo"));
        Process server = start(ProcessBuilder.Redirect.INHERIT);
        try {
            Receiver.await(this::isUp);
            show(admin);
        } finally {
            server.destroy();
            server.waitFor();
        }
        System.out.println("\nA partner's endpoint got what a key allowed, signed, and nothing else was called.");
    }

    private void show(Api admin) throws Exception {
        Receiver partner = new Receiver("partner", (message, attempt) -> 200);
        step("Without a key nothing is read or changed");
        say(broker.get("/channels"));
        Api.expect(200, admin.put("/producer/shop", "token=producer-secret"));
        Api.expect(200, admin.put("/channel/orders", "token=channel-secret"));
        System.out.println("  with it: " + Api.expect(200, admin.get("/channel/orders")).strip());

        step("A callback into the network behind the broker is refused");
        say(admin.put(CONSUMER, "callbackUrl=" + Api.encode("http://169.254.169.254/latest/meta-data/")));
        say(admin.put(CONSUMER, "callbackUrl=" + Api.encode(partner.url())));

        step("An admin makes an exception for the endpoint of this demo, and switches signatures on");
        String form = "signing=v1&allowedNetworks=127.0.0.1&callbackUrl=" + Api.encode(partner.url());
        String secret = Api.field(Api.expect(200, admin.put(CONSUMER, form)), "SigningSecret");
        partner.knows(secret);
        System.out.println("  the secret, shown this once, begins with " + secret.substring(0, 10));

        step("A key of the role broadcast sends, in place of tokens");
        String text = Api.expect(
                200, at(adminPort(), admin).post("/tasks/keys?do=add&role=broadcast&name=shop&channel=orders&producer=shop"));
        Api sender = broker.with(text.strip().split("\\s+")[0]);
        Api.expect(
                201,
                Api.send(sender.request("/channel/orders/broadcast")
                        .header("X-Broker-Producer-ID", "shop")
                        .POST(BodyPublishers.ofString("{\"test\": 2432232314}"))));
        say(sender.get("/channel/orders"));
        Receiver.await(() -> partner.verified() == 1);
        System.out.println("  delivered; the reference library of Standard Webhooks takes the signature, and of a changed body it says: "
                + partner.refusal());
    }

    private static Api at(String url, Api api) {
        return new Api(url, api.key());
    }

    private String adminPort() {
        return "http://127.0.0.1:" + settings.get("ADMIN_PORT");
    }

    private boolean isUp() {
        try {
            return at(adminPort(), broker).get("/healthcheck").statusCode() == 200;
        } catch (Exception notYet) {
            return false;
        }
    }

    private String commandLine(String... arguments) throws Exception {
        Process process = start(ProcessBuilder.Redirect.PIPE, arguments);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("scripts/run " + String.join(" ", arguments) + " failed, see above");
        }
        return output;
    }

    private Process start(ProcessBuilder.Redirect output, String... arguments) throws IOException {
        ProcessBuilder process = new ProcessBuilder(
                Stream.concat(Stream.of("scripts/run"), Stream.of(arguments)).toList());
        process.environment().putAll(settings);
        return process.redirectOutput(output).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static void say(HttpResponse<String> answer) {
        System.out.println("  " + answer.request().method() + " " + answer.uri().getPath() + ": " + answer.statusCode()
                + " " + answer.body().strip());
    }

    private static void step(String text) {
        System.out.println("\n" + text);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(folder)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.delete(each);
        }
    }
}
