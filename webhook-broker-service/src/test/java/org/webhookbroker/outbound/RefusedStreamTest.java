package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.webhookbroker.outbound.RawHttp2Consumer.DATA;
import static org.webhookbroker.outbound.RawHttp2Consumer.END_HEADERS;
import static org.webhookbroker.outbound.RawHttp2Consumer.END_STREAM;
import static org.webhookbroker.outbound.RawHttp2Consumer.HEADERS;
import static org.webhookbroker.outbound.RawHttp2Consumer.SETTINGS;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server says that it has not processed a request (RFC 9113, 6.8, 8.7): the request goes out again at once, on another connection.
 * It was no attempt, and the next one is no possible repeat.
 */
@Tag("G7")
class RefusedStreamTest {
    private static final Outcome UNPROCESSED = new Outcome.Unreachable(
            "not-processed",
            Reach.NOBODY,
            false,
            "The consumer's server refuses the request, or closes the connection before it takes it");

    private static final int NO_ERROR = 0;
    private static final int REFUSED_STREAM = 7;
    private static final int CANCEL = 8;
    private static final int ENHANCE_YOUR_CALM = 11;
    private static final int UNKNOWN_ERROR = 0xfedcba98;
    private static final int ALL = Integer.MAX_VALUE;
    private static final int RESERVED_BIT = 1 << 31;
    private static final int MAX_CONCURRENT_STREAMS = 3;

    private final RawHttp2Consumer consumer = new RawHttp2Consumer();
    private final WebhookClient client = new OutboundFactory()
            .build(
                    Clock.systemUTC(),
                    host -> new InetAddress[] {InetAddress.getLoopbackAddress()},
                    RawHttp2Consumer.trusting());

    RefusedStreamTest() throws Exception {}

    @AfterEach
    void close() throws IOException {
        client.close();
        consumer.close();
    }

    @Test
    void aRefusedStream() {
        onTheFirst((connection, stream) -> connection.reset(stream, REFUSED_STREAM));
        delivers(1, 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {NO_ERROR, 1, ENHANCE_YOUR_CALM, UNKNOWN_ERROR})
    void aServerThatGoesAwayBelowTheStream(int error) {
        onTheFirst((connection, stream) -> connection.goAway(stream - 1, error));
        delivers(1, 2);
    }

    @Test
    void aServerThatGoesAwayInTwoSteps() {
        onTheFirst((connection, stream) -> {
            connection.goAway(ALL, NO_ERROR);
            connection.goAway(0 | RESERVED_BIT, NO_ERROR);
            connection.out().close();
        });
        delivers(1, 2);
    }

    @Test
    void aServerThatGoesAwayAndCloses() {
        onTheFirst((connection, stream) -> {
            connection.goAway(0, ENHANCE_YOUR_CALM);
            connection.out().close();
        });
        delivers(1, 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {NO_ERROR, ENHANCE_YOUR_CALM, UNKNOWN_ERROR})
    void whatIsNotExcludedMayEnd(int error) {
        consumer.answers((connection, stream) -> {
            connection.goAway(stream, error);
            connection.frame(HEADERS, END_HEADERS, stream, 0x88);
            connection.frame(DATA, END_STREAM, stream, 'o', 'k');
        });
        assertThat(send()).isEqualTo(new Outcome.Delivered(200));
        assertThat(send()).isEqualTo(new Outcome.Delivered(200));
        assertThat(consumer.requests()).containsExactly(1, 2);
    }

    @ParameterizedTest
    @CsvSource({"" + NO_ERROR, "" + ENHANCE_YOUR_CALM})
    void whatIsNotExcludedAndGetsNoAnswerMayHaveArrived(int error) {
        consumer.answers((connection, stream) -> {
            connection.goAway(stream, error);
            connection.out().close();
        });
        Outcome outcome = send();
        assertThat(outcome.reason()).isEqualTo("reset");
        assertThat(outcome.reach()).isEqualTo(Reach.SOMEBODY);
        assertThat(outcome.mayHaveArrived()).isTrue();
        assertThat(consumer.requests()).hasSize(1);
    }

    /** Any other error says nothing of what was done. */
    @ParameterizedTest
    @ValueSource(ints = {NO_ERROR, 2, CANCEL, ENHANCE_YOUR_CALM, UNKNOWN_ERROR})
    void aStreamThatIsResetOtherwiseMayHaveArrived(int error) {
        consumer.answers((connection, stream) -> connection.reset(stream, error));
        Outcome outcome = send();
        assertThat(outcome.reason()).isEqualTo("reset");
        assertThat(outcome.reach()).isEqualTo(Reach.SOMEBODY);
        assertThat(outcome.mayHaveArrived()).isTrue();
        assertThat(consumer.requests()).hasSize(1);
    }

    @Test
    void aStatusOutranksARefusalAfterIt() {
        consumer.answers((connection, stream) -> {
            connection.frame(HEADERS, END_HEADERS, stream, 0x88);
            connection.reset(stream, REFUSED_STREAM);
        });
        assertThat(send()).isEqualTo(new Outcome.Delivered(200));
        assertThat(consumer.requests()).hasSize(1);
    }

    @Test
    void aServerThatTakesNoStreamsAtFirst() {
        consumer.begins((connection, stream) -> {
            if (connection.number() == 1) {
                connection.setting(MAX_CONCURRENT_STREAMS, 0);
            } else {
                connection.frame(SETTINGS, 0, 0);
            }
        });
        delivers(2);
    }

    @Test
    void aServerThatTakesNoMoreStreams() {
        consumer.answers((connection, stream) -> {
            connection.setting(MAX_CONCURRENT_STREAMS, 0);
            connection.ok(stream);
        });
        delivers(1);
        assertThat(send()).isEqualTo(new Outcome.Delivered(200));
        assertThat(consumer.requests()).containsExactly(1, 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reset", "goaway", "settings", "goaway at once"})
    void whoNeverTakesARequestIsNotReached(String how) {
        consumer.begins((connection, stream) -> {
            if (how.equals("settings")) {
                connection.setting(MAX_CONCURRENT_STREAMS, 0);
            } else {
                connection.frame(SETTINGS, 0, 0);
            }
            if (how.equals("goaway at once")) {
                connection.goAway(0, ENHANCE_YOUR_CALM);
            }
        });
        consumer.answers((connection, stream) -> {
            if (how.equals("reset")) {
                connection.reset(stream, REFUSED_STREAM);
            } else {
                connection.goAway(0, NO_ERROR);
            }
        });
        assertThat(send()).isEqualTo(UNPROCESSED);
        assertThat(consumer.connections()).isEqualTo(5);
    }

    @Test
    void limitsBeyondWhatIsSigned() {
        consumer.begins((connection, stream) -> {
            connection.setting(1, -1);
            connection.setting(MAX_CONCURRENT_STREAMS, -1);
            connection.setting(6, -1);
            connection.setting(6, 0);
            connection.setting(5, (1 << 24) - 1);
        });
        delivers(1);
    }

    private void onTheFirst(RawHttp2Consumer.Script script) {
        consumer.answers((connection, stream) -> {
            if (connection.number() == 1) {
                script.run(connection, stream);
            } else {
                connection.ok(stream);
            }
        });
    }

    private void delivers(Integer... connections) {
        assertThat(send()).isEqualTo(new Outcome.Delivered(200));
        assertThat(consumer.requests()).containsExactly(connections);
    }

    private Outcome send() {
        return Clients.send(client, new Call(consumer.url(), Map.of(), Clients.BODY, Clients.LONG));
    }
}
