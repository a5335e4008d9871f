package org.webhookbroker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.webhookbroker.message.BroadcastResult;

class BroadcastResourceTest {
    @Test
    @Tag("G8")
    void whatIsAnsweredBeforeItsCommitGivesItsMemoryBackAfterIt() {
        AtomicBoolean released = new AtomicBoolean();
        CompletableFuture<BroadcastResult> committed = new CompletableFuture<>();
        CompletableFuture<BroadcastResult> result = committed.whenComplete((done, failed) -> released.set(true));

        assertThat(BroadcastResource.within(Duration.ofMillis(1), result))
                .succeedsWithin(Duration.ofMinutes(1))
                .isEqualTo(BroadcastResult.UNAVAILABLE);
        assertThat(released).isFalse();

        committed.complete(BroadcastResult.ACCEPTED);

        assertThat(released).isTrue();
    }
}
