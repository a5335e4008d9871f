package org.webhookbroker.outbound.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What consumers' URLs, and name servers of their owners, can make the resolver remember. */
@Tag("G8")
class HostBoundsTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1000);

    /** All of them were asked for just now, so none is too old to be kept. */
    @Test
    void theAddressesOfManyHosts() throws Exception {
        HostResolver resolver = resolver(host -> new InetAddress[] {address(1)});
        for (int i = 0; i < 3 * HostResolver.MAX_HOSTS; i++) {
            now.incrementAndGet();
            assertThat(resolver.lookup("host" + i + ".test")).isCompleted();
            assertThat(resolver.size()).isLessThanOrEqualTo(HostResolver.MAX_HOSTS);
        }
        assertThat(resolver.size()).isGreaterThan(HostResolver.MAX_HOSTS / 2);
        int last = 3 * HostResolver.MAX_HOSTS - 1;
        assertThat(resolver.resolve("host" + last + ".test")).hasSize(1);
        assertThat(resolver.resolve("host" + (last - 1000) + ".test")).hasSize(1);
        assertThatThrownBy(() -> resolver.resolve("host0.test")).isInstanceOf(UnknownHostException.class);
    }

    /** The first are kept. The others are not called, so nobody need judge them. */
    @Test
    void theAddressesOfOneHost() throws Exception {
        InetAddress[] many = new InetAddress[5000];
        Arrays.setAll(many, HostBoundsTest::address);

        HostResolver resolver = resolver(host -> many);
        assertThat(resolver.lookup("many.test").join())
                .containsExactlyElementsOf(List.of(many).subList(0, HostResolver.MAX_ADDRESSES));
        assertThat(resolver.resolve("many.test", 80))
                .extracting(InetSocketAddress::getAddress)
                .containsExactlyElementsOf(List.of(many).subList(0, HostResolver.MAX_ADDRESSES));
    }

    private HostResolver resolver(HostResolver.Lookup lookup) {
        return new HostResolver(lookup, new LookupTurns(64, Runnable::run, now::get), now::get);
    }

    private static InetAddress address(int i) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, (byte) (i >> 8), (byte) i});
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
