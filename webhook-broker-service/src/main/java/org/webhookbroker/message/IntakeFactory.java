package org.webhookbroker.message;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.DataSizeUnit;
import io.dropwizard.validation.MaxDataSize;
import io.dropwizard.validation.MinDataSize;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.registry.Registry;

/** The {@code intake} block of the configuration. */
public final class IntakeFactory {
    /** Requests that may wait for a transaction; one more is answered 503. */
    @JsonProperty
    @Min(1)
    @Max(1_000_000)
    public int queueCapacity = 4096;

    /** Largest payload. The column holds 16 MiB less one byte. */
    @JsonProperty
    @NotNull
    @MinDataSize(1)
    @MaxDataSize(value = (16 << 20) - 1, unit = DataSizeUnit.BYTES)
    public DataSize maxPayload = DataSize.bytes((16 << 20) - 1);

    /** Payload bytes in memory between the first byte read and the commit, at most; beyond it 503. */
    @JsonProperty
    @NotNull
    @MinDataSize(value = 16, unit = DataSizeUnit.MEBIBYTES)
    public DataSize maxBytesInMemory = DataSize.mebibytes(64);

    /** Threads that commit groups: while one waits for the disk another gathers. */
    @JsonProperty
    @Min(1)
    @Max(16)
    public int writers = 2;

    /** What intake is made of; the loops are started and stopped by the caller. */
    public record Intake(Broadcast broadcast, IntakeBudget budget, List<BackgroundLoop> loops) {}

    public Intake build(
            Database database,
            Registry registry,
            Incarnation incarnation,
            Admission admission,
            XidGenerator ids,
            InstantSource clock) {
        IntakeQueue queue = new IntakeQueue(queueCapacity);
        IntakeTransaction transaction = new IntakeTransaction(database, registry, incarnation, admission, ids, clock);
        List<BackgroundLoop> loops = new ArrayList<>();
        for (int i = 1; i <= writers; i++) {
            loops.add(new BackgroundLoop("intake-" + i, Duration.ZERO, new IntakeWriter(database, queue, transaction)));
        }
        return new Intake(new Broadcast(queue), new IntakeBudget(maxBytesInMemory.toBytes()), loops);
    }
}
