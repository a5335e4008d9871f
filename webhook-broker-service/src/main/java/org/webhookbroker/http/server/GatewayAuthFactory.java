package org.webhookbroker.http.server;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MinDuration;
import io.dropwizard.validation.selfvalidating.SelfValidating;
import io.dropwizard.validation.selfvalidating.SelfValidation;
import io.dropwizard.validation.selfvalidating.ViolationCollector;
import jakarta.validation.constraints.NotNull;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.jetty.server.Handler;
import org.webhookbroker.background.ByteBudget;
import org.webhookbroker.message.IntakeFactory.Limits;
import org.webhookbroker.signature.GatewaySignature;

/** The {@code gatewayAuth} block of the configuration: whether requests to the API must be signed (contract 13 and 11.2). */
@SelfValidating
public final class GatewayAuthFactory {
    private static final String NONE = "none";
    private static final String HMAC = "hmac";

    /** {@code none} or {@code hmac}. */
    @JsonProperty
    @NotNull
    public String mode = NONE;

    /** In standard base64. */
    @JsonProperty
    @NotNull
    public String hmacSharedSecret = "";

    /** The secret before this one; accepted too, until all callers have the new one. */
    @JsonProperty
    @NotNull
    public String hmacPreviousSecret = "";

    /** How far the time of a signature may be from ours; in whole seconds. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    public Duration hmacTimestampTolerance = Duration.seconds(300);

    /** A path that begins with one of these needs no signature. */
    @JsonProperty
    @NotNull
    public List<@NotNull String> authExemptPaths = List.of("/_status", "/metrics", "/debug/pprof/");

    /**
     * Checks the secrets only if requests must be signed; otherwise they may be anything. No {@code @ValidationMethod}: its message
     * is fixed, and these say which mode or secret is wrong.
     */
    @SelfValidation
    public void validate(ViolationCollector violations) {
        if (mode.equals(HMAC)) {
            if (hmacSharedSecret.isEmpty()) {
                violations.addViolation("gateway-auth: hmac-shared-secret is required when mode=hmac");
            }
            validate("hmac-shared-secret", hmacSharedSecret, violations);
            validate("hmac-previous-secret", hmacPreviousSecret, violations);
        } else if (!mode.equals(NONE)) {
            violations.addViolation(
                    "gateway-auth: unsupported mode \"%s\" (must be \"none\" or \"hmac\")".formatted(mode));
        }
    }

    private static void validate(String name, String secret, ViolationCollector violations) {
        try {
            if (!secret.isEmpty()) {
                GatewaySignature.of(secret);
            }
        } catch (IllegalArgumentException wrong) {
            violations.addViolation("gateway-auth: " + name + " is not valid base64: " + wrong.getMessage());
        }
    }

    /** Empty if requests need no signature. */
    public Optional<Handler.Singleton> build(ByteBudget budget, Limits limits, InstantSource clock) {
        if (!mode.equals(HMAC)) {
            return Optional.empty();
        }
        List<GatewaySignature> signatures = Stream.of(hmacSharedSecret, hmacPreviousSecret)
                .filter(secret -> !secret.isEmpty())
                .map(GatewaySignature::of)
                .toList();
        List<String> exempt = authExemptPaths.stream()
                .map(String::strip)
                .filter(path -> !path.isEmpty())
                .toList();
        Gateway gateway = new Gateway(signatures, hmacTimestampTolerance.toJavaDuration(), exempt, clock);
        return Optional.of(new SignatureHandler(gateway, budget, limits));
    }
}
