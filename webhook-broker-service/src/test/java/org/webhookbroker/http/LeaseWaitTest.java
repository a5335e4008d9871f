package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.registry.ConsumerValues;
import org.webhookbroker.registry.EntryValues;
import org.webhookbroker.registry.UpdateCondition;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.MariaDbExtension;

/** Requests that wait for jobs. */
@Tag("slow")
final class LeaseWaitTest extends LeaseFixture {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Override
    MariaDbExtension mariaDb() {
        return mariaDb;
    }

    /** The look each second, which would find the job too, is stopped. */
    @Test
    void aWaitingRequestIsAnsweredByABroadcast() throws Exception {
        for (BackgroundLoop loop : node.pull.loops()) {
            loop.stop();
        }
        CompletableFuture<HttpResponse<String>> waiting = leaseAsync("{\"WaitSeconds\":20}");
        await().until(() -> node.pull.waiters().size() == 1);
        assertThat(waiting).isNotDone();
        client.broadcast("m1", 0);
        HttpResponse<String> answer = waiting.get(10, TimeUnit.SECONDS);
        assertThat(PullClient.result(answer)).hasSize(1);
        await().until(() -> node.pull.waiters().size() == 0);
    }

    /** Another node does not tell us of its jobs: a look each second finds them. */
    @Test
    void aWaitingRequestFindsJobsOfAnotherNode() throws Exception {
        try (TestNode other = new TestNode(mariaDb.database()).started()) {
            CompletableFuture<HttpResponse<String>> waiting = leaseAsync("{\"WaitSeconds\":20}");
            await().until(() -> node.pull.waiters().size() == 1);
            new PullClient(other, "k1").broadcast("m1", 0);
            assertThat(PullClient.result(waiting.get(10, TimeUnit.SECONDS))).hasSize(1);
        }
    }

    /** A token is changed to shut somebody out, who may be waiting at that moment. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoWaitsWithATokenThatIsChangedGetsNothing(boolean ofConsumer) throws Exception {
        CompletableFuture<HttpResponse<String>> waiting = leaseAsync("{\"WaitSeconds\":20}");
        await().until(() -> node.pull.waiters().size() == 1);
        if (ofConsumer) {
            EntryValues values = new EntryValues("k1", consumer.name(), "new-token");
            node.consumers.put(
                    new ConsumerValues(
                            node.channel(), values, consumer.callbackUrl(), consumer.type(), consumer.retries()),
                    UpdateCondition.none(),
                    Auditing.PUT);
        } else {
            node.broker
                    .stores
                    .channels()
                    .put(new EntryValues("c1", "Chan", "new-token"), UpdateCondition.none(), Auditing.PUT);
        }
        new Requests(node).broadcast("hi", "X-Broker-Channel-Token", ofConsumer ? "ct" : "new-token");

        HttpResponse<String> answer = waiting.get(30, TimeUnit.SECONDS);

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).isEqualTo((ofConsumer ? "consumer" : "channel") + " token does not match");
        await().until(() -> node.pull.waiters().size() == 0);
        int leased = node.database.withHandle(handle -> handle.createQuery("SELECT COUNT(*) FROM job WHERE holder <> 0")
                .mapTo(Integer.class)
                .one());
        assertThat(leased).isZero();
    }

    @Test
    void ofManyThatWaitEachGetsItsShare() {
        List<CompletableFuture<HttpResponse<String>>> waiting = Stream.generate(
                        () -> leaseAsync("{\"WaitSeconds\":20,\"Limit\":1}"))
                .limit(3)
                .toList();
        await().until(() -> node.pull.waiters().size() == 3);
        List<String> sent =
                Stream.of("m1", "m2", "m3").map(id -> client.broadcast(id, 0)).toList();
        List<String> got = waiting.stream()
                .map(CompletableFuture::join)
                .flatMap(answer -> PullClient.each(PullClient.result(answer), "ID").stream())
                .toList();
        assertThat(got).containsExactlyInAnyOrderElementsOf(sent);
    }

    @Test
    void aWaitThatFindsNothingEndsEmpty() {
        assertThat(client.lease("{\"WaitSeconds\":1}")).isEmpty();
        await().until(() -> node.pull.waiters().size() == 0);
    }

    /** G8: the number of requests that wait is bounded, and one too many is told so. */
    @Test
    @Tag("G8")
    void oneRequestTooManyIsSentAwayAndAStoppingBrokerAnswersThemAll() {
        List<CompletableFuture<HttpResponse<String>>> waiting = Stream.generate(
                        () -> leaseAsync("{\"WaitSeconds\":20}"))
                .limit(3)
                .toList();
        await().until(() -> node.pull.waiters().size() == 3);
        HttpResponse<String> refused = client.post("jobs/lease", "{\"WaitSeconds\":20}");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");

        node.pull.waiters().close();
        assertThat(waiting)
                .allSatisfy(each -> assertThat(PullClient.result(each.get(10, TimeUnit.SECONDS)))
                        .isEmpty());
    }

    private CompletableFuture<HttpResponse<String>> leaseAsync(String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(node.uri(client.path("jobs/lease")))
                .headers(PullClient.TOKENS)
                .POST(BodyPublishers.ofString(body));
        return new Requests(node).client().sendAsync(request.build(), BodyHandlers.ofString());
    }
}
