package org.webhookbroker.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.job.LeasedJob;
import org.webhookbroker.message.Content;
import org.webhookbroker.message.Message;
import org.webhookbroker.outbound.Call;
import org.webhookbroker.registry.Channel;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.ConsumerRoute;
import org.webhookbroker.registry.ConsumerType;
import org.webhookbroker.registry.Retries;
import org.webhookbroker.registry.Signing;
import org.webhookbroker.signature.SignatureVersion;
import org.webhookbroker.signature.SigningSecret;
import org.webhookbroker.signature.WebhookVerifier;
import org.webhookbroker.testing.MariaDbExtension;

/** Signatures that take long are made aside, so that the attempts of other consumers do not wait for them (G6). */
class CallBuilderTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00.9Z");

    private final XidGenerator ids = new XidGenerator(() -> NOW);
    private final Queue<Runnable> aside = new ArrayDeque<>();
    private final CallBuilder calls = new CallBuilder(
            ids,
            new Incarnation(mariaDb.database(), "test", Duration.ofMinutes(1)),
            "X-Token",
            Duration.ofSeconds(1),
            () -> NOW,
            size -> aside::add);
    private final Xid consumerId = ids.next();

    private Consumer consumer(Signing signing) {
        Channel channel = new Channel(ids.next(), "c", "c", "ct", NOW, NOW);
        return new Consumer(
                consumerId,
                channel,
                "k",
                "k",
                "kt",
                "http://h/",
                ConsumerType.PUSH,
                Retries.AS_CONFIGURED,
                signing,
                ConsumerRoute.AS_CONFIGURED,
                NOW,
                NOW);
    }

    private HeldJob job(String message, int size) {
        Content content = new Content("text/plain", 0, Map.of(), new byte[size]);
        Xid id = ids.next();
        return new HeldJob(
                new LeasedJob(ids.next(), id, consumerId, 1, 0, size, 0, false),
                new Message(id, id, id, message, content, NOW, 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1 << 16})
    void theFastIsDoneAtOnce(int size) {
        assertThat(calls.build(consumer(signing(SignatureVersion.V1)), job("m", size)))
                .isCompleted();
        assertThat(aside).isEmpty();
    }

    @Test
    void whatIsNotSignedIsDoneAtOnce() {
        assertThat(calls.build(consumer(Signing.NONE), job("m", 1 << 24))).isCompleted();
        assertThat(aside).isEmpty();
    }

    @Test
    void theSlowIsDoneAside() throws Exception {
        Signing pair = signing(SignatureVersion.V1A);
        Signing rotating = new Signing(
                signing(SignatureVersion.V1).secret(),
                List.of(new Signing.Previous(pair.secret().orElseThrow(), NOW.plusSeconds(9))),
                true);
        List<CompletableFuture<Call>> all = List.of(
                calls.build(consumer(pair), job("m", 0)),
                calls.build(consumer(rotating), job("m", 0)),
                calls.build(consumer(signing(SignatureVersion.V1)), job("m", (1 << 16) + 1)));
        assertThat(all).noneMatch(CompletableFuture::isDone);
        assertThat(aside).hasSize(3);
        aside.forEach(Runnable::run);
        assertThat(all).allMatch(CompletableFuture::isDone);
        String key = pair.secret().flatMap(SigningSecret::publicKey).orElseThrow();
        WebhookVerifier verifier = WebhookVerifier.of(key).at(() -> NOW);
        assertThat(verifier.verify(headers(all.get(0)), new byte[0]))
                .isEqualTo(verifier.verify(headers(all.get(1)), new byte[0]));
    }

    /** An empty body comes from no producer, but from rows of an older version perhaps. */
    @ParameterizedTest
    @ValueSource(strings = {"m", "m.1", "a.b.c", ".", "\u00fc.\ud83d\ude00"})
    void theIdHasNoDotWhateverTheMessageIsCalled(String message) throws Exception {
        Signing signing = signing(SignatureVersion.V1);
        CompletableFuture<Call> first = calls.build(consumer(signing), job(message, 0));
        CompletableFuture<Call> again = calls.build(consumer(signing), job(message, 0));
        WebhookVerifier verifier =
                WebhookVerifier.of(signing.secret().orElseThrow().text()).at(() -> NOW);
        assertThat(verifier.verify(headers(first), new byte[0]))
                .matches("msg_[A-Za-z0-9_-]{24}")
                .isEqualTo(verifier.verify(headers(again), new byte[0]));
        assertThat(headers(first).get("webhook-timestamp")).containsExactly(Long.toString(NOW.getEpochSecond()));
    }

    private static Signing signing(SignatureVersion version) {
        return new Signing(Optional.of(SigningSecret.make(version)), List.of(), true);
    }

    private static Map<String, List<String>> headers(CompletableFuture<Call> call) {
        Map<String, List<String>> all = new java.util.HashMap<>();
        call.join().headers().forEach((name, value) -> all.put(name, List.of(value)));
        return all;
    }
}
