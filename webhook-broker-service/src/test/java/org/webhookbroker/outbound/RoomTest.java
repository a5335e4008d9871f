package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.hc.core5.http.HttpHost;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("G6")
class RoomTest {
    private final HttpHost host = new HttpHost("http", "a.test", 80);
    private final HttpHost other = new HttpHost("http", "b.test", 80);
    private final Room room = new Room(256, 1000);

    @Test
    void oneConsumerAloneGetsHalfOfWhatIsNotKept() {
        assertThat(takeAll(room, host)).isEqualTo(96);
    }

    @Test
    void dozensThatAreHungLeaveRoomForAnotherOfTheirHost() {
        for (int consumer = 0; consumer < 36; consumer++) {
            takeAll(room, host);
        }

        assertThat(takeAll(room, host)).isEqualTo(Room.FEW);
        assertThat(takeAll(room, other)).isEqualTo(96);
    }

    @Test
    void allCallsTogetherAreSharedAlike() {
        Room narrow = new Room(256, 64);

        assertThat(takeAll(narrow, host)).isEqualTo(24);
        assertThat(takeAll(narrow, other)).isEqualTo(12);
    }

    @Test
    void oneConnectionIsEnough() {
        Room serial = new Room(1, 1000);

        assertThat(takeAll(serial, host)).isEqualTo(1);
        serial.giveBack(host);
        assertThat(takeAll(serial, host)).isEqualTo(1);
    }

    @Test
    void allIsFreeWhenAllIsGivenBack() {
        for (int calls = takeAll(room, host); calls > 0; calls--) {
            room.giveBack(host);
        }

        assertThat(room.taken()).isZero();
        assertThat(takeAll(room, host)).isEqualTo(96);
    }

    private static int takeAll(Room room, HttpHost host) {
        int calls = 0;
        while (room.hasFor(host, calls)) {
            room.take(host);
            calls++;
        }
        return calls;
    }
}
