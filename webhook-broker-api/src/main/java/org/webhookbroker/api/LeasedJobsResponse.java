package org.webhookbroker.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;

/** Jobs that were leased by one call, more urgent ones first. */
public record LeasedJobsResponse(@JsonProperty("Result") List<Job> result) {
    /**
     * @param receipt names this lease of the job, to extend and to end it
     * @param leasedUntil by the database's clock
     * @param attempts that failed before
     * @param possibleDuplicate an earlier attempt may have been acted on
     */
    public record Job(
            @JsonProperty("ID") String id,
            @JsonProperty("Receipt") String receipt,
            @JsonProperty("LeasedUntil") Instant leasedUntil,
            @JsonProperty("Attempts") int attempts,
            @JsonProperty("PossibleDuplicate") boolean possibleDuplicate,
            @JsonProperty("Priority") int priority,
            @JsonProperty("IncrementalTimeout") int incrementalTimeout,
            @JsonProperty("Message") QueuedJobsResponse.Message message) {}
}
