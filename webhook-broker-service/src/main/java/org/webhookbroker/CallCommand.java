package org.webhookbroker;

import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import net.sourceforge.argparse4j.impl.Arguments;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.tls.PinnedCertificates;

/** {@code call URL}: one request to a broker, for containers, whose image has no curl. Reads no configuration. */
final class CallCommand extends Command {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final IntConsumer exit;
    private final PrintStream output;

    /**
     * @param exit ends the process with a code that says what failed
     * @param output the answer, line by line as it comes
     */
    CallCommand(IntConsumer exit, PrintStream output) {
        super("call", "Sends one request to a broker that runs, and prints its answer");
        this.exit = exit;
        this.output = output;
    }

    @Override
    public void configure(Subparser parser) {
        parser.addArgument("url").help("such as http://localhost:8081/tasks/accounting");
        parser.addArgument("--post").action(Arguments.storeTrue()).help("by POST, as tasks are; otherwise by GET");
        parser.addArgument("--expect").help("fail unless a line of the answer begins with this");
        parser.addArgument("--key-file").dest("key").help("a file with the key to send");
        parser.addArgument("--certificate")
                .help("a file with the certificate of the broker, which then needs no name and no known authority");
    }

    @Override
    public void run(@Nullable Bootstrap<?> bootstrap, Namespace namespace) throws IOException, InterruptedException {
        HttpClient.Builder client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT_TIMEOUT);
        String certificate = namespace.getString("certificate");
        if (certificate != null) {
            client.sslContext(PinnedCertificates.read("--certificate", certificate));
        }
        HttpRequest request = request(namespace);
        HttpResponse<Stream<String>> answer;
        try {
            answer = client.build().send(request, BodyHandlers.ofLines());
        } catch (IOException failure) {
            throw new IOException(request.uri() + " does not answer: " + reason(failure), failure);
        }
        print(answer, namespace.getString("expect"));
    }

    private static HttpRequest request(Namespace namespace) throws IOException {
        String url = namespace.getString("url");
        HttpRequest.Builder request;
        try {
            request = HttpRequest.newBuilder(URI.create(url));
        } catch (IllegalArgumentException wrong) {
            throw new IOException(url + " is no URL, such as http://localhost:8081/ping", wrong);
        }
        if (namespace.getBoolean("post")) {
            request.POST(HttpRequest.BodyPublishers.noBody());
        }
        String key = namespace.getString("key");
        if (key != null) {
            request.header("Authorization", "Bearer " + read(key));
        }
        return request.build();
    }

    private static String read(String file) throws IOException {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException failure) {
            throw new IOException("--key-file: cannot read " + file, failure);
        }
    }

    private void print(HttpResponse<Stream<String>> answer, @Nullable String expected) throws IOException {
        AtomicBoolean found = new AtomicBoolean(expected == null);
        answer.body().forEach(line -> {
            output.println(line);
            if (expected != null && line.startsWith(expected)) {
                found.set(true);
            }
        });
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(answer.uri() + " answers " + answer.statusCode());
        }
        if (!found.get()) {
            throw new IOException("no line of the answer begins with " + expected);
        }
    }

    /** Some have a message in their cause only. */
    private static String reason(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each.getMessage() != null) {
                return each.getMessage();
            }
        }
        return failure.toString();
    }

    @Override
    public void onError(Cli cli, Namespace namespace, Throwable failure) {
        cli.getStdErr().println("The call failed. " + failure.getMessage());
        exit.accept(Commands.FAILED);
    }
}
