package org.webhookbroker.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.webhookbroker.bench.Sink.Mood;
import org.webhookbroker.signature.SignatureVersion;
import org.webhookbroker.signature.SigningSecret;

/**
 * What trust costs: scenario a on a node that asks for keys, to a consumer that is signed, beside a node and a consumer without. One of them has
 * the load at a time, in turns, so that both get the same hour.
 */
final class Trust {
    private static final int TURNS = 3;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Stage stage;

    Trust(Stage stage) {
        this.stage = stage;
    }

    void run(Report report, Duration warmUp, Duration length) throws Exception {
        List<Integer> off = List.of(stage.rig().ports().get(0));
        stage.rig().addNode("AUTH_MODE=keys", "AUTH_ADMIN=false");
        List<Integer> on = List.of(stage.rig().ports().get(1));
        try (Sink plain = new Sink(Mood.AT_ONCE);
                Sink signed = new Sink(Mood.AT_ONCE)) {
            String key = post(stage.rig().adminUrls().get(1) + "/tasks/keys?do=add&role=admin&name=bench")
                    .replaceFirst("(?s)\\s.*", "");
            stage.consumer(stage.channel("t-off"), "k", plain);
            stage.registrar()
                    .sign(
                            stage.registrar().push(stage.channel("t-on"), "k", signed.url()),
                            SigningSecret.make(SignatureVersion.V1).text());
            TimeUnit.SECONDS.sleep(2); // Both nodes look for what was registered twice a second.
            Producers without = new Producers(off, List.of(Broadcast.to("t-off", Stage.BODY)));
            Producers with = new Producers(on, List.of(Broadcast.withKey(key, "t-on", Stage.BODY)));
            stage.throughput(new Figures(), with, 1, signed, warmUp);
            Figures withoutTrust = new Figures();
            Figures withTrust = new Figures();
            double offRate = 0;
            double onRate = 0;
            for (int turn = 0; turn < TURNS; turn++) {
                offRate += stage.throughput(withoutTrust, without, 1, plain, length);
                onRate += stage.throughput(withTrust, with, 1, signed, length);
            }
            report.add("t-off", "One consumer, two nodes, load to the one without keys; the last turn", withoutTrust);
            withTrust.add("messages/s of all %d turns, %% of without".formatted(TURNS), 100 * onRate / offRate);
            report.add("t", "The same with keys and v1 signatures, load to the other one", withTrust);
        } finally {
            stage.rig().removeNode();
        }
    }

    private static String post(String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .POST(BodyPublishers.noBody())
                .build();
        return HTTP.send(request, BodyHandlers.ofString()).body().strip();
    }
}
