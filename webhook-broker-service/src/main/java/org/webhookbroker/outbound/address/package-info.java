/** Which addresses the broker calls: where hosts are, what stands behind an address, and what is never called. */
@NullMarked
package org.webhookbroker.outbound.address;

import org.jspecify.annotations.NullMarked;
