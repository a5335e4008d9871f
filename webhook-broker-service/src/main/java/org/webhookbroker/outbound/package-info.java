/**
 * The webhook HTTP client: one call in, one {@link org.webhookbroker.outbound.Outcome} out, within the call's timeout
 * whatever the consumer does. Knows nothing of jobs, consumers or the database.
 */
@NullMarked
package org.webhookbroker.outbound;

import org.jspecify.annotations.NullMarked;
