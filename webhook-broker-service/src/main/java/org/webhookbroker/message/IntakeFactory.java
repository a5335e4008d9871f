package org.webhookbroker.message;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.DataSizeUnit;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDataSize;
import io.dropwizard.validation.MinDataSize;
import io.dropwizard.validation.MinDuration;
import io.dropwizard.validation.ValidationMethod;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.webhookbroker.background.ByteBudget;
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
    @MinDataSize(value = 1, unit = DataSizeUnit.MEBIBYTES)
    public DataSize maxBytesInMemory = DataSize.mebibytes(64);

    /** How long a body may take whatever its size, before its pace counts. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.SECONDS)
    public Duration uploadGrace = Duration.seconds(10);

    /** Bytes a second of a body that takes longer; a slower one is ended with 408, since it holds memory meanwhile. */
    @JsonProperty
    @NotNull
    @MinDataSize(1)
    public DataSize minUploadRate = DataSize.kibibytes(16);

    /** How far ahead a message must be scheduled. */
    @JsonProperty
    @NotNull
    public Duration minScheduleDelay = Duration.minutes(2);

    /** The largest payload is twice in memory for a moment, and an eighth is kept for small ones. */
    @JsonIgnore
    @ValidationMethod(message = "intake.maxBytesInMemory must be at least two and a half times intake.maxPayload")
    public boolean isRoomForTheLargestPayload() {
        return maxBytesInMemory.toBytes() >= maxPayload.toBytes() / 2 * 5;
    }

    /**
     * What producers are held to.
     *
     * @param maxPayload in bytes
     * @param queueCapacity messages that may wait for their transaction
     * @param uploadGrace how long a body may take before its pace counts
     * @param minUploadRate in bytes a second
     */
    public record Limits(
            int maxPayload,
            int queueCapacity,
            java.time.Duration minScheduleDelay,
            java.time.Duration uploadGrace,
            long minUploadRate) {}

    public Intake build(
            Database database,
            Registry registry,
            Incarnation incarnation,
            JobTakers takers,
            XidGenerator ids,
            InstantSource clock) {
        Database vital = database.vital();
        IntakeTransaction transaction = new IntakeTransaction(vital, registry, incarnation, takers, ids, clock);
        GroupCommit<NewMessage> group = new GroupCommit<>("intake-1", vital, transaction, queueCapacity);
        ByteBudget budget = ByteBudget.withReserveForSmall(maxBytesInMemory.toBytes());
        return new Intake(group, budget, limits(), transaction);
    }

    private Limits limits() {
        return new Limits(
                (int) maxPayload.toBytes(),
                queueCapacity,
                minScheduleDelay.toJavaDuration(),
                uploadGrace.toJavaDuration(),
                minUploadRate.toBytes());
    }
}
