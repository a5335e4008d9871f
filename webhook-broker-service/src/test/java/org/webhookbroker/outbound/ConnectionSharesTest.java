package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.hc.core5.http.HttpHost;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("G6")
class ConnectionSharesTest {
    private final HttpHost host = new HttpHost("http", "a.test", 80);
    private final HttpHost other = new HttpHost("http", "b.test", 80);
    private final ConnectionShares shares = new ConnectionShares(256, 1000);

    @Test
    void oneConsumerAloneGetsHalfOfWhatIsNotKept() {
        assertThat(takeAll(shares, host)).isEqualTo(96);
    }

    @Test
    void dozensThatAreHungLeaveRoomForAnotherOfTheirHost() {
        for (int consumer = 0; consumer < 36; consumer++) {
            takeAll(shares, host);
        }

        assertThat(takeAll(shares, host)).isEqualTo(ConnectionShares.FEW);
        assertThat(takeAll(shares, other)).isEqualTo(96);
    }

    @Test
    void allCallsTogetherAreSharedAlike() {
        ConnectionShares narrow = new ConnectionShares(256, 64);

        assertThat(takeAll(narrow, host)).isEqualTo(24);
        assertThat(takeAll(narrow, other)).isEqualTo(12);
    }

    @Test
    void oneConnectionIsEnough() {
        ConnectionShares serial = new ConnectionShares(1, 1000);

        assertThat(takeAll(serial, host)).isEqualTo(1);
        serial.giveBack(host);
        assertThat(takeAll(serial, host)).isEqualTo(1);
    }

    @Test
    void allIsFreeWhenAllIsGivenBack() {
        for (int calls = takeAll(shares, host); calls > 0; calls--) {
            shares.giveBack(host);
        }

        assertThat(shares.taken()).isZero();
        assertThat(takeAll(shares, host)).isEqualTo(96);
    }

    private static int takeAll(ConnectionShares shares, HttpHost host) {
        int calls = 0;
        while (shares.hasFor(host, calls)) {
            shares.take(host);
            calls++;
        }
        return calls;
    }
}
