package org.webhookbroker.pull;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.LiveJob;

/**
 * Names one lease of a job, not the job: once the lease has ended and another has begun it fits nothing any more (G4). A lease that
 * ends without delivery raises the attempts. A requeue sets them to 0 again, so the moment is needed too.
 *
 * @param since when the lease began by the database's clock
 */
public record PullReceipt(Xid job, int attempts, Instant since) {
    private static final Pattern FORM = Pattern.compile("([0-9a-v]{20})\\.([0-9]{1,9})\\.([0-9]{1,18})");

    /** Of a job as it is leased. */
    public static PullReceipt of(LiveJob leased) {
        return new PullReceipt(leased.id(), leased.attempts(), leased.changedAt());
    }

    public static Optional<PullReceipt> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int attempts = Integer.parseInt(matcher.group(2));
        Instant since = Instant.EPOCH.plus(Long.parseLong(matcher.group(3)), ChronoUnit.MICROS);
        return Xid.parse(matcher.group(1)).map(job -> new PullReceipt(job, attempts, since));
    }

    @Override
    public String toString() {
        return job + "." + attempts + "." + ChronoUnit.MICROS.between(Instant.EPOCH, since);
    }
}
