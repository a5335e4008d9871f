/** Level 1: supervised loops, and the incarnation that keeps this node's leases alive. */
@NullMarked
package org.webhookbroker.background;

import org.jspecify.annotations.NullMarked;
