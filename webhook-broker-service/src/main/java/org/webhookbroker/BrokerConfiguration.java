package org.webhookbroker;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.core.Configuration;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import org.webhookbroker.database.DatabaseFactory;

/** The whole of {@code config.yml}; each block is a factory that validates itself and builds what it configures. */
public final class BrokerConfiguration extends Configuration {
    @Valid
    @NotNull
    @JsonProperty
    private DatabaseFactory database = new DatabaseFactory();

    public DatabaseFactory database() {
        return database;
    }
}
