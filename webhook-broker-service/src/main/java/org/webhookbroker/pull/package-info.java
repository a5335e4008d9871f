/** Level 4: what pull consumers do with their jobs, the ends of their leases, and requests that wait for jobs. */
@NullMarked
package org.webhookbroker.pull;

import org.jspecify.annotations.NullMarked;
