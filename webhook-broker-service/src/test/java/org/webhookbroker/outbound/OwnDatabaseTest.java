package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.webhookbroker.outbound.address.BlockedAddressException;
import org.webhookbroker.outbound.address.HostResolver;
import org.webhookbroker.outbound.address.LookupTurns;
import org.webhookbroker.outbound.address.OwnListeners;
import org.webhookbroker.testing.ConsumerServer;

/** The database is not called either while its name cannot be looked up. */
class OwnDatabaseTest {
    private static final int PORT = 3306;

    private final OwnListeners own = new OwnListeners();
    private String address = "192.0.2.7";
    private long now;
    private final HostResolver trusted =
            new HostResolver(this::lookup, new LookupTurns(1, Runnable::run, () -> now), () -> now);
    private final OwnListeners.Guard guard =
            new OwnListeners.Guard(own, new OwnListeners.Machine(Set::of, () -> now), trusted);

    private InetAddress[] lookup(String host) throws UnknownHostException {
        if (address.isEmpty()) {
            throw new UnknownHostException(host);
        }
        return InetAddress.getAllByName(address);
    }

    @Test
    void itsAddressesOfBeforeCountWhileItsNameIsNotFound() throws Exception {
        own.hasDatabaseAt("db.test", PORT);
        assertBlocked("192.0.2.7");
        address = "";
        for (int i = 0; i < 5; i++) {
            now += Duration.ofHours(1).toNanos();
            assertBlocked("192.0.2.7");
            assertBlocked("::ffff:192.0.2.7");
            assertThat(judge("192.0.2.8")).hasSize(1);
        }
        address = "192.0.2.9";
        now += Duration.ofHours(1).toNanos();
        assertBlocked("192.0.2.9");
        assertThat(judge("192.0.2.7")).as("no longer its address").hasSize(1);
    }

    @Test
    void oneOfTwoThatIsNotFoundDoesNotOpenTheOther() throws Exception {
        own.hasDatabaseAt("192.0.2.1", PORT);
        own.hasDatabaseAt("db.test", PORT);
        assertBlocked("192.0.2.7");
        address = "";
        now += Duration.ofHours(1).toNanos();
        assertBlocked("192.0.2.1");
        assertBlocked("192.0.2.7");
    }

    /** Nobody knows where it is, so it may be anywhere. Other ports do not matter. */
    @Test
    void whileNothingIsKnownOfItACallToItsPortWaits() {
        address = "";
        try (ConsumerServer consumer = ConsumerServer.start();
                ConsumerServer other = ConsumerServer.start();
                WebhookClient client = new ClientBuilder(
                                factory(), this::lookup, factory().tlsRules(Clock.systemUTC()), own)
                        .build(Clock.systemUTC())) {
            own.hasDatabaseAt("db.test", consumer.port());
            Outcome outcome = Clients.send(client, Clients.call(consumer.url("/"), Clients.LONG));
            assertThat(outcome.reason()).isEqualTo("dns");
            assertThat(outcome.reach()).isEqualTo(Reach.NOBODY);
            assertThat(outcome.detail()).isEqualTo("No address found for host of the broker's own database");
            assertThat(consumer.connections()).isZero();
            assertThat(Clients.send(client, Clients.call(other.url("/"), Clients.LONG)))
                    .isEqualTo(new Outcome.Delivered(200));
        }
    }

    private static OutboundFactory factory() {
        OutboundFactory factory = new OutboundFactory();
        factory.deniedNetworks = List.of();
        return factory;
    }

    private void assertBlocked(String target) {
        assertThatThrownBy(() -> judge(target))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(BlockedAddressException.class);
        assertThatThrownBy(() -> guard.require("x.test", PORT, List.of(InetAddress.getByName(target))))
                .isInstanceOf(BlockedAddressException.class);
    }

    private List<InetAddress> judge(String target) throws UnknownHostException {
        return guard.judge("x.test", PORT, List.of(InetAddress.getByName(target)))
                .join();
    }
}
