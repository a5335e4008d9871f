package org.webhookbroker.outbound.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
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
    void theSystemIsAskedOnceASecond() throws UnknownHostException {
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
    void whatTheSystemSaidLastHoldsWhileItSaysNothing() throws UnknownHostException {
        assertThat(own.include(OURS)).isTrue();
        broken = true;
        for (int i = 0; i < 3; i++) {
            now += OwnListeners.Machine.TTL.toNanos();
            assertThat(own.include(OURS)).isTrue();
        }
        assertThat(asked).isEqualTo(4);
    }

    @Test
    void aLoopbackAddressNeedsNoSystem() throws UnknownHostException {
        broken = true;
        assertThat(own.include(address("127.0.0.5"))).isTrue();
        assertThat(own.include(address("::"))).isTrue();
        assertThat(own.include(address("64:ff9b::7f00:1"))).isTrue();
        assertThat(asked).isZero();
    }

    /** As when it has no more file descriptors: any address may be ours, so calls to our ports are refused. */
    @Test
    void nothingIsElsewhereUntilTheSystemHasSpoken() throws UnknownHostException {
        OwnListeners listeners = new OwnListeners();
        listeners.listensOn(() -> 8080);
        HostResolver nobody =
                new HostResolver(host -> new InetAddress[0], new LookupTurns(1, Runnable::run, () -> now), () -> now);
        OwnListeners.Guard guard = new OwnListeners.Guard(listeners, own, nobody);
        broken = true;
        for (int i = 1; i < 4; i++) {
            assertThatThrownBy(() -> guard.require("x.test", 8080, List.of(OURS)))
                    .isInstanceOf(UnknownHostException.class)
                    .isNotInstanceOf(BlockedAddressException.class);
            assertThat(asked).isEqualTo(i);
        }
        assertThatThrownBy(() -> guard.judge("x.test", 8080, List.of(OURS)).join())
                .hasCauseInstanceOf(UnknownHostException.class);
        guard.require("x.test", 8081, List.of(OURS));

        broken = false;
        assertThatThrownBy(() -> guard.require("x.test", 8080, List.of(OURS)))
                .isInstanceOf(BlockedAddressException.class);
        guard.require("x.test", 8080, List.of(LATER));
    }

    @Test
    void anotherFormOfAnAddress() throws UnknownHostException {
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
