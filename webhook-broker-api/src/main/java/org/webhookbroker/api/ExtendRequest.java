package org.webhookbroker.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lets leases end {@code leaseSeconds} from now. */
public record ExtendRequest(
        @JsonProperty("Receipts") @Nullable List<String> receipts,
        @JsonProperty("LeaseSeconds") @Nullable Integer leaseSeconds) {}
