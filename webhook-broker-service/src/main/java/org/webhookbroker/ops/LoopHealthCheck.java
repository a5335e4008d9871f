package org.webhookbroker.ops;

import com.codahale.metrics.health.HealthCheck;
import java.time.Duration;
import org.webhookbroker.background.BackgroundLoop;

/** Red while a background loop fails or stands still (G9). */
final class LoopHealthCheck extends HealthCheck {
    private final BackgroundLoop loop;

    LoopHealthCheck(BackgroundLoop loop) {
        this.loop = loop;
    }

    @Override
    protected Result check() {
        Throwable failure = loop.failure();
        Duration since = loop.sinceLastPass();
        if (failure != null) {
            return Result.builder()
                    .unhealthy(failure)
                    .withMessage("%s has failed for %s s: %s", loop.name(), since.toSeconds(), describe(failure))
                    .build();
        }
        if (since.compareTo(loop.stallLimit()) > 0) {
            return Result.unhealthy("%s has stood still for %s s", loop.name(), since.toSeconds());
        }
        return Result.healthy();
    }

    private static String describe(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
