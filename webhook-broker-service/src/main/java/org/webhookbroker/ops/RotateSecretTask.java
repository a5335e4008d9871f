package org.webhookbroker.ops;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.RotationRefusedException;
import org.webhookbroker.registry.SecretRotation;
import org.webhookbroker.registry.Signing;
import org.webhookbroker.signature.SignatureVersion;
import org.webhookbroker.signature.SigningSecret;

/** Makes the next signing secret of a consumer. It takes none: the parameters of tasks stand in URLs, and these in logs. */
final class RotateSecretTask extends OperatorTask {
    private final Targets targets;
    private final SecretRotation rotation;

    RotateSecretTask(Targets targets, SecretRotation rotation) {
        super("rotate-secret", "channel", "consumer", "overlap");
        this.targets = targets;
        this.rotation = rotation;
    }

    @Override
    void run(Parameters parameters, PrintWriter output) throws BadParameterException {
        Consumer consumer = targets.consumer(parameters);
        Duration overlap = Duration.ofSeconds(parameters.number(
                "overlap", SecretRotation.OVERLAP.toSeconds(), 0, SecretRotation.LONGEST_OVERLAP.toSeconds()));
        try {
            Optional<Consumer> rotated =
                    rotation.rotate(consumer, RotateSecretTask::next, overlap, TaskOutput.caller(output));
            rotated.ifPresentOrElse(now -> show(now, overlap, output), () -> output.println("The consumer is gone"));
        } catch (RotationRefusedException refused) {
            throw new BadParameterException(Targets.name(consumer) + ": " + refused.reason());
        }
    }

    private static void show(Consumer rotated, Duration overlap, PrintWriter output) {
        String secret = rotated.signing().secret().map(SigningSecret::text).orElseThrow();
        output.println("The signing secret of " + Targets.name(rotated) + " is now " + secret);
        output.println("It is not shown again. The previous one "
                + (overlap.isZero() ? "is not used any more" : "signs too for " + overlap.toSeconds() + " s"));
    }

    private static SigningSecret next(Signing now) {
        return SigningSecret.make(now.secret().map(SigningSecret::version).orElse(SignatureVersion.V1));
    }
}
