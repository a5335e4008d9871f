package org.webhookbroker.bench;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.webhookbroker.signature.SignatureVersion;
import org.webhookbroker.signature.SigningSecret;
import org.webhookbroker.testing.ApiClient;
import org.webhookbroker.testing.BrokerProcess;

/**
 * What trust costs: scenario a on a node that asks for keys, to a consumer that is signed, in turns with a node and a consumer without. Both
 * nodes are alive all the time.
 */
final class Trust {
    private final Stage stage;
    private final Settings settings;

    Trust(Stage stage, Settings settings) {
        this.stage = stage;
        this.settings = settings;
    }

    void run(Report report) throws Exception {
        int off = stage.rig().node().port();
        BrokerProcess node = stage.rig().addNode("AUTH_MODE=keys", "AUTH_ADMIN=false");
        String key = new ApiClient(node.adminUrl())
                .post("/tasks/keys?do=add&role=admin&name=bench")
                .replaceFirst("(?s)\\s.*", "");
        Receiver plain = stage.receiver();
        Receiver signed = stage.receiver();
        Broadcast toPlain = stage.channelUnknown("t-off", 1, plain);
        stage.registrar()
                .sign(
                        stage.registrar().push(stage.registrar().channel("t-on"), "k", signed.url()),
                        SigningSecret.make(SignatureVersion.V1).text());
        TimeUnit.SECONDS.sleep(2); // Both nodes look for what was registered twice a second.
        Load without = stage.tools().producers(List.of(off), List.of(toPlain));
        Load with = stage.tools().producers(List.of(node.port()), List.of(Broadcast.withKey(key, "t-on", Stage.BODY)));
        stage.throughput(with, 1, signed, settings.warmUp());
        Turns turns = Turns.run(
                settings.turns(),
                () -> stage.throughput(with, 1, signed, settings.length()),
                () -> stage.throughput(without, 1, plain, settings.length()));
        report.add("t", "One consumer, with keys and v1 signatures", turns, "without");
    }
}
