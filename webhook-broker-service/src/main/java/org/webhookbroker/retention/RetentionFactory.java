package org.webhookbroker.retention;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.DataSizeUnit;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDataSize;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDataSize;
import io.dropwizard.validation.MinDuration;
import io.dropwizard.validation.ValidationMethod;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.job.QueueListener;
import org.webhookbroker.registry.Registry;

/** The {@code retention} block of the configuration. Off unless both a node name and a number of days are given. */
public final class RetentionFactory {
    private static final Logger LOG = LoggerFactory.getLogger(RetentionFactory.class);

    /** The answer to whoever wants to prune while it is off. */
    public static final String HOW_TO_ENABLE =
            "Pruning is off. Set retention.nodeName, retention.messageDays and a place"
                    + " for the archives (retention.localPath or retention.remoteUrl) to switch it on";

    /** Part of the names of archive files; empty: nothing is pruned. */
    @JsonProperty
    @NotNull
    @Pattern(regexp = "[A-Za-z0-9._-]*", message = "may have letters, digits, dots, hyphens and underscores")
    public String nodeName = "";

    /** Messages older than this are pruned once all their jobs are delivered; 0: nothing is. */
    @JsonProperty
    @Min(0)
    @Max(36_500)
    public int messageDays = 0;

    /** An absolute folder, which must exist together with the prefix below it. */
    @JsonProperty
    @NotNull
    public String localPath = "";

    /** {@code s3://bucket?region=...}, {@code gs://bucket} or {@code file:///folder}. */
    @JsonProperty
    @NotNull
    public String remoteUrl = "";

    /** Before the names of remote files, and a folder below the local path. */
    @JsonProperty
    @NotNull
    @Pattern(
            regexp = "([A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)?",
            message = "must be a relative folder such as broker/eu")
    public String filePrefix = "";

    /** A file that has reached this is closed and another one begun. One PUT carries it, so at most 4 GiB. */
    @JsonProperty
    @NotNull
    @MinDataSize(value = 1, unit = DataSizeUnit.KIBIBYTES)
    @MaxDataSize(value = 4, unit = DataSizeUnit.GIBIBYTES)
    public DataSize maxFileSize = DataSize.mebibytes(100);

    /** Compresses the files; their names then end in .jsonl.gz. */
    @JsonProperty
    public boolean gzip = false;

    /** Messages that one transaction deletes at most. */
    @JsonProperty
    @Min(1)
    @Max(1000)
    public int batchSize = 500;

    /** After each of these transactions, so that intake and deliveries always get their turn. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.MILLISECONDS)
    @MaxDuration(value = 1, unit = TimeUnit.MINUTES)
    public Duration pause = Duration.milliseconds(10);

    /** From the end of a run inside the broker to the next one; 0: the broker does not prune by itself. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.SECONDS)
    public Duration every = Duration.seconds(0);

    @JsonIgnore
    public boolean isEnabled() {
        return !nodeName.isEmpty() && messageDays > 0;
    }

    @JsonIgnore
    @ValidationMethod(message = "retention.localPath or retention.remoteUrl is needed: what is pruned must be archived")
    public boolean isArchiveGiven() {
        return !isEnabled() || !localPath.isEmpty() || !remoteUrl.isEmpty();
    }

    @JsonIgnore
    @ValidationMethod(message = "retention.localPath must be an absolute folder")
    public boolean isLocalPathAbsolute() {
        return localPath.isEmpty() || Path.of(localPath).isAbsolute();
    }

    @JsonIgnore
    @ValidationMethod(
            message = "retention.remoteUrl must be s3://bucket?region=...&endpoint=...&pathStyle=..., gs://bucket or"
                    + " file:///folder")
    public boolean isRemoteUrlKnown() {
        return remoteUrl.isEmpty() || RemoteUrl.parse(remoteUrl).isPresent();
    }

    /** @param redactHeaders metadata headers that archives do not have */
    public Pruner pruner(
            Database database,
            Registry registry,
            InstantSource clock,
            AuditTrail trail,
            Collection<String> redactHeaders) {
        return new Pruner(database, registry, clock, settings(redactHeaders), trail);
    }

    /** Pruning inside the broker; empty unless it is wanted. */
    public Optional<PruneLoop> loop(Pruner pruner) {
        if (nodeName.isEmpty() != (messageDays == 0)) {
            LOG.warn(
                    "retention.nodeName is '{}' and retention.messageDays is {}. {}",
                    nodeName,
                    messageDays,
                    HOW_TO_ENABLE);
        }
        return isEnabled() && every.toMilliseconds() > 0
                ? Optional.of(new PruneLoop(pruner, every.toJavaDuration()))
                : Optional.empty();
    }

    public Restorer restorer(
            Database database,
            Registry registry,
            Incarnation incarnation,
            XidGenerator ids,
            QueueListener queue,
            AuditTrail trail) {
        return new Restorer(new RestoreStore(database, registry, incarnation, ids, queue), trail, archives());
    }

    RetentionSettings settings(Collection<String> redactHeaders) {
        return new RetentionSettings(
                isEnabled(),
                nodeName,
                java.time.Duration.ofDays(messageDays),
                archives(),
                new RetentionSettings.Files(maxFileSize.toBytes(), gzip, Redaction.of(redactHeaders)),
                new RetentionSettings.Pace(batchSize, pause.toJavaDuration()));
    }

    private ArchivePlaces archives() {
        Optional<Path> base = localPath.isEmpty() ? Optional.empty() : Optional.of(Path.of(localPath));
        return new ArchivePlaces(base, RemoteUrl.parse(remoteUrl), filePrefix);
    }
}
