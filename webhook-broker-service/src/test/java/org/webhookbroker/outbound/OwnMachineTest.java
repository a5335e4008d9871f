package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OwnMachineTest {
    private static final InetAddress OURS = address("192.0.2.1");
    private static final InetAddress LATER = address("192.0.2.2");

    private final Set<InetAddress> system = new HashSet<>(Set.of(OURS));
    private int asked;
    private boolean broken;
    private long now = Long.MAX_VALUE - 1;
    private final OwnListeners.Machine own = new OwnListeners.Machine(this::ask, () -> now);

    private Set<InetAddress> ask() throws SocketException {
        asked++;
        if (broken) {
            throw new SocketException("no");
        }
        return Set.copyOf(system);
    }

    @Test
    void theSystemIsAskedOnceASecond() {
        for (int i = 0; i < 1000; i++) {
            assertThat(own.include(OURS)).isTrue();
            assertThat(own.include(LATER)).isFalse();
        }
        assertThat(asked).isEqualTo(1);
        system.add(LATER);
        now += OwnListeners.Machine.TTL.toNanos() - 1;
        assertThat(own.include(LATER)).isFalse();
        now++;
        assertThat(own.include(LATER)).isTrue();
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void whatTheSystemSaidLastHoldsWhileItSaysNothing() {
        assertThat(own.include(OURS)).isTrue();
        broken = true;
        for (int i = 0; i < 3; i++) {
            now += OwnListeners.Machine.TTL.toNanos();
            assertThat(own.include(OURS)).isTrue();
        }
        assertThat(asked).isEqualTo(4);
    }

    @Test
    void aLoopbackAddressNeedsNoSystem() {
        broken = true;
        assertThat(own.include(address("127.0.0.5"))).isTrue();
        assertThat(own.include(address("::"))).isTrue();
        assertThat(own.include(OURS)).isFalse();
    }

    @Test
    void anotherFormOfAnAddress() {
        assertThat(own.include(address("64:ff9b::c000:201"))).isTrue();
        assertThat(own.include(address("64:ff9b::c000:202"))).isFalse();
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
