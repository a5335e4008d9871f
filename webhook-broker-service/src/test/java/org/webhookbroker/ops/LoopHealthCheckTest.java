package org.webhookbroker.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.health.HealthCheck;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.webhookbroker.background.BackgroundLoop;

@Tag("G9")
class LoopHealthCheckTest {
    @Test
    void workingLoopIsHealthy() throws Exception {
        BackgroundLoop loop = new BackgroundLoop("prune", Duration.ofHours(1), () -> false);
        loop.start();
        try {
            assertThat(new LoopHealthCheck(loop).execute().isHealthy()).isTrue();
        } finally {
            loop.stop();
        }
    }

    @Test
    void failureWithoutAMessageIsNamedByItsKind() throws Exception {
        BackgroundLoop loop = new BackgroundLoop("prune", Duration.ofHours(1), () -> {
            throw new StackOverflowError();
        });
        loop.start();
        try {
            HealthCheck check = new LoopHealthCheck(loop);
            await().until(() -> !check.execute().isHealthy());
            assertThat(check.execute().getMessage()).contains("prune has failed", "StackOverflowError");
        } finally {
            loop.stop();
        }
    }

    @Test
    void loopThatHangsInAPassIsUnhealthyAfterItsLimit() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        // A limit in the past: the interval counts into it.
        BackgroundLoop loop = new BackgroundLoop("prune", Duration.ofSeconds(-15), () -> {
            release.await();
            return false;
        });
        loop.start();
        try {
            HealthCheck.Result result = new LoopHealthCheck(loop).execute();
            assertThat(result.isHealthy()).isFalse();
            assertThat(result.getMessage()).contains("prune has stood still");
        } finally {
            release.countDown();
            loop.stop();
        }
    }
}
