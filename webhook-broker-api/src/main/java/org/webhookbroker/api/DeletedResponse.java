package org.webhookbroker.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How many dead letters a purge deleted. */
public record DeletedResponse(@JsonProperty("deletedCount") long deletedCount) {}
