package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.core5.ssl.SSLContexts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.webhookbroker.outbound.tls.TlsProfile;

/** Deadlines of calls that are never sent. */
class CallsUnderWayTest {
    private final CallsUnderWay calls = new CallsUnderWay();

    @AfterEach
    void close() {
        calls.close();
    }

    @Test
    @Tag("G9")
    void oneCallThatCannotBeEndedTakesNobodyElsesDeadline() throws Exception {
        calls.add(exchange(Duration.ofMillis(1), call -> {
            throw new IllegalStateException("It cannot be ended");
        }));
        List<Exchange> others = Stream.generate(() -> exchange(Duration.ofMillis(1), calls::remove))
                .limit(20)
                .toList();
        others.forEach(calls::add);
        for (Exchange other : others) {
            assertThat(Clients.await(other.outcome())).isInstanceOf(Outcome.TimedOut.class);
        }

        Exchange later = exchange(Duration.ofMillis(1), calls::remove);
        calls.add(later);
        assertThat(Clients.await(later.outcome())).isInstanceOf(Outcome.TimedOut.class);
    }

    @Test
    void aCallEndsAtItsDeadlineAndNotBefore() {
        Exchange call = exchange(Duration.ofHours(1), calls::remove);
        long now = System.nanoTime();

        assertThat(call.isOverdue(now)).isFalse();
        assertThat(call.isOverdue(now + Duration.ofMinutes(59).toNanos())).isFalse();
        assertThat(call.isOverdue(now + Duration.ofMinutes(61).toNanos())).isTrue();
    }

    private static Exchange exchange(Duration timeout, Consumer<Exchange> onEnd) {
        try {
            ExchangeContext shared = new ExchangeContext(
                    HttpAsyncClients.createMinimal(),
                    Clock.systemUTC(),
                    Clients.tls(SSLContexts.createDefault()),
                    new ExchangeContext.Limits(1, Duration.ofSeconds(1)));
            Call call = Clients.call("http://localhost/", timeout);
            TlsProfile tls = new TlsProfile("test", SSLContexts.createDefault());
            return new Exchange(WireRequest.of(call, "test"), Optional.empty(), tls, shared, call, onEnd);
        } catch (BadCall e) {
            throw new AssertionError(e);
        }
    }
}
