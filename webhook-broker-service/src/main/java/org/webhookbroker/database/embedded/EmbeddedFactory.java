package org.webhookbroker.database.embedded;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.DataSizeUnit;
import io.dropwizard.validation.MinDataSize;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;

/** The {@code database.embedded} block of the configuration. */
public final class EmbeddedFactory {
    /** Beside the pool: migrations, the health check, an operator. */
    private static final int SPARE_CONNECTIONS = 16;

    /** Belongs to one broker; relative to the working directory. */
    @JsonProperty
    @NotBlank
    public String dataFolder = "data/mariadb";

    /** Memory for tables and indexes. */
    @JsonProperty
    @NotNull
    @MinDataSize(value = 32, unit = DataSizeUnit.MEBIBYTES)
    public DataSize bufferPoolSize = DataSize.mebibytes(256);

    /** Larger takes bursts better, and makes the start after a crash longer. */
    @JsonProperty
    @NotNull
    @MinDataSize(value = 16, unit = DataSizeUnit.MEBIBYTES)
    public DataSize redoLogSize = DataSize.mebibytes(512);

    public EmbeddedSettings settings(int poolSize) {
        return new EmbeddedSettings(
                Path.of(dataFolder), bufferPoolSize.toBytes(), redoLogSize.toBytes(), poolSize + SPARE_CONNECTIONS);
    }
}
