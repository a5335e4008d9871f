package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.message.MessageStore;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.Behavior;
import org.webhookbroker.testing.ReceivedRequest;

/** Contract 4.4: which headers of a broadcast, or of what an archive brought back, reach a consumer. */
@Tag("slow")
final class MetadataContractTest {
    @RegisterExtension
    static final ContractBroker contract = new ContractBroker("dispatch.tokenHeader=X-Consumer-Secret");

    @ParameterizedTest(name = "4.4: {0} is passed on")
    @ValueSource(
            strings = {
                "accept: text/html, */*;q=0.1",
                "ACCEPT: no type;;",
                "Accept-Language: de",
                "Authorization: Bearer of-the-producer",
                "Content-Encoding: gzip",
                "Cookie: a=b",
                "X-Broker-Foo: 1",
                "X_Under: 1",
                "TE-X: 1"
            })
    void passedOn(String header) {
        String name = header.substring(0, header.indexOf(':'));
        ReceivedRequest request = received(Behavior.status(200), "X-Broker-Metadata-Headers: " + name, header);

        assertThat(request.headers(name)).containsExactly(header.substring(name.length() + 2));
        assertThat(request.headers("X-Broker-Metadata-Headers")).containsExactly(name);
    }

    @ParameterizedTest(name = "0, 4.4: {0} is the broker''s own")
    @ValueSource(
            strings = {
                "X_Broker_Channel_ID",
                "x_broker-message_id",
                "X-BROKER-CONSUMER_ID",
                "X_Broker_Consumer_Token",
                "X-Consumer_Secret",
                "x_consumer_secret",
                "X_Request_ID",
                "X_Broker_Possible_Duplicate",
                "X_Broker_Message_Priority",
                "X_Broker_Metadata_Headers",
                "X_Broker_Producer_Token",
                "X_Broker_Signature",
                "Content_Type",
                "content_LENGTH",
                "Transfer_Encoding",
                "User_Agent",
                "Accept_Encoding",
                "Proxy_Authorization",
                "Keep_Alive",
                "Keep-Alive",
                "Proxy-Authorization",
                "TE"
            })
    void own(String name) {
        ReceivedRequest request = received(
                Behavior.status(200), "X-Broker-Metadata-Headers: " + name + ",X-A", "X-A: 1", name + ": forged");

        assertThat(request.headers().stream().map(Map.Entry::getValue)).doesNotContain("forged");
        assertThat(request.headers("X-Broker-Metadata-Headers")).containsExactly("X-A");
        assertThat(request.headers("X-A")).containsExactly("1");
        assertThat(request.headers("X-Consumer-Secret")).containsExactly("kt");
    }

    @ParameterizedTest(name = "0, 4.4: the credentials of a callback stay, whatever {0} says")
    @ValueSource(strings = {"Authorization", "authorization", "AUTHORIZATION"})
    void credentials(String name) {
        String channel = contract.channel();
        String k = channel + "/consumer/k";
        contract.consumers().on(k, Behavior.status(200));
        String callback = contract.consumers().url(k).replace("http://", "http://user:secret@");
        assertThat(contract.client().put(k, "token=kt&callbackUrl=" + callback).status())
                .isEqualTo(200);
        contract.message(channel, "m", "X-Broker-Metadata-Headers: X-A," + name, "X-A: 1", name + ": Bearer forged");

        ReceivedRequest request = only(k);
        assertThat(request.headers("Authorization")).containsExactly("Basic dXNlcjpzZWNyZXQ=");
        assertThat(request.headers("X-Broker-Metadata-Headers")).containsExactly("X-A");
    }

    /** As an archive that somebody forged brings them back, or as a version that did not look stored them. */
    @Test
    @DisplayName("0, 4.4: what is the broker's own is left out, however it came into the database")
    void stored() {
        String channel = contract.channel();
        String k = contract.pull(channel, "k");
        contract.message(channel, "stored");
        Map<String, String> forged = Map.of(
                "X-Consumer-Secret", "forged",
                "x-broker-channel-id", "forged",
                "X_Broker_Message_ID", "forged",
                "Host", "forged",
                "Content-Length", "0",
                "X-Request-ID", "forged",
                "content-type", "x/forged",
                "X-Broker-Metadata-Headers", "forged",
                "X-A", "1");
        assertThat(contract.mariaDb()
                        .sql()
                        .execute(
                                "UPDATE message SET headers = ? WHERE public_id = 'stored'",
                                MessageStore.writeHeaders(forged)))
                .isEqualTo(1);

        String tokens = "X-Consumer-Secret: kt";
        Answer queued = contract.client().get(k + "/queued-jobs", ContractBroker.withTokens(tokens));
        assertThat(queued.body()).contains("\"Headers\":{\"X-A\":\"1\"}").doesNotContain("forged");

        Answer now = contract.client().get(k);
        assertThat(contract.client()
                        .put(
                                k,
                                "token=kt&type=push&callbackUrl=" + now.field("CallbackURL"),
                                "If-Unmodified-Since: " + now.header("Last-Modified"))
                        .status())
                .isEqualTo(200);
        ReceivedRequest request = only(k);
        assertThat(request.headers().stream().map(Map.Entry::getValue)).doesNotContain("forged", "x/forged");
        assertThat(request.headers("X-Consumer-Secret")).containsExactly("kt");
        assertThat(request.headers("X-Broker-Message-ID")).containsExactly("stored");
        assertThat(request.headers("X-Broker-Metadata-Headers")).containsExactly("X-A");
        assertThat(request.headers("Content-Length")).containsExactly("2");
        assertThat(request.text()).isEqualTo("hi");
    }

    private static ReceivedRequest received(Behavior behavior, String... headers) {
        String channel = contract.channel();
        String k = contract.push(channel, "k", behavior);
        contract.message(channel, "m", headers);
        return only(k);
    }

    private static ReceivedRequest only(String consumer) {
        List<ReceivedRequest> requests =
                await().until(() -> contract.consumers().requests(consumer), all -> !all.isEmpty());
        assertThat(requests).hasSize(1);
        return requests.get(0);
    }
}
