package org.webhookbroker.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** What became of each receipt, in the order of the request. */
public record ReceiptsResponse(@JsonProperty("Result") List<Receipt> result) {
    /**
     * @param done whether this call did it; false when the lease had ended
     * @param status of the job now; empty when there is no such job of this consumer
     */
    public record Receipt(
            @JsonProperty("Receipt") String receipt,
            @JsonProperty("Done") boolean done,
            @JsonProperty("Status") String status) {}
}
