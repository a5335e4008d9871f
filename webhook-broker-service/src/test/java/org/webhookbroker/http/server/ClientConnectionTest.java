package org.webhookbroker.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whether a connection may be given up for another, by what is under way on it. */
@Tag("G6")
final class ClientConnectionTest {
    private final ClientConnection connection =
            new ClientConnection(new AbstractConnection(new ByteArrayEndPoint(), Runnable::run) {
                @Override
                public void onFillable() {}
            });

    @Test
    void itRestsUntilARequestIsWholeAndAfterItsAnswer() {
        assertThat(connection.rests()).isTrue();
        RequestUnderWay request = new RequestUnderWay(connection);
        assertThat(connection.rests()).isFalse();
        request.waits();
        assertThat(connection.rests()).as("its body is on its way").isTrue();
        request.goesOn();
        assertThat(connection.rests()).isFalse();
        request.end();
        assertThat(connection.rests()).isTrue();
    }

    /** The next part of an answer may be on its way before the last one is known to be written. */
    @Test
    void aRequestThatIsWaitedForTwiceDoesNotHideAnother() {
        RequestUnderWay answered = new RequestUnderWay(connection);
        RequestUnderWay whole = new RequestUnderWay(connection);
        answered.waits();
        answered.waits();
        assertThat(connection.rests()).isFalse();
        answered.goesOn();
        assertThat(connection.rests()).isFalse();
        whole.waits();
        assertThat(connection.rests()).isTrue();
        whole.goesOn();
        answered.end();
        answered.goesOn();
        assertThat(connection.rests()).as("what ends late counts no more").isFalse();
        whole.end();
        assertThat(connection.rests()).isTrue();
    }
}
