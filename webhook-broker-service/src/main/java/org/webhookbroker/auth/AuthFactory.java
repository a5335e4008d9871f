package org.webhookbroker.auth;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.validation.OneOf;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.validation.constraints.NotNull;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.database.Database;

/** The {@code auth} block of the configuration: whether requests need a key. */
public final class AuthFactory {
    private static final Logger LOG = LoggerFactory.getLogger(AuthFactory.class);

    /** {@code none} or {@code keys}. */
    @JsonProperty
    @NotNull
    @OneOf({"none", "keys"})
    public String mode = "none";

    /** In the mode {@code keys}: whether the admin port needs one too. */
    @JsonProperty
    public boolean adminAuth = true;

    /** Paths of the admin port that need none nevertheless. Metrics are not among them, as their labels name channels and consumers. */
    @JsonProperty
    @NotNull
    public List<@NotNull String> adminFree = List.of("/healthcheck", "/ping", "/ready");

    @JsonIgnore
    public boolean isOn() {
        return mode.equals("keys");
    }

    /** Empty if requests need no key. */
    public Optional<Auth> build(Database database, InstantSource clock, PrometheusRegistry metrics) {
        if (!isOn()) {
            return Optional.empty();
        }
        // The watch is short and seldom, and as long as it waits nobody gets in: so it waits behind nobody.
        KeyStore watched = new KeyStore(database.vital());
        LastUses uses = new LastUses(new KeyStore(database.aside()));
        KeyRing ring = new KeyRing(watched, uses, clock, System::nanoTime);
        if (!ring.hasAdmin()) {
            LOG.warn(
                    "auth.mode is keys, and there is no key of the role admin yet: make one by the command"
                            + " \"keys add config.yml --role admin --name NAME\", with the embedded database while the broker is stopped");
        }
        return Optional.of(new Auth(ring, uses, new FailedTries(System::nanoTime, metrics)));
    }
}
