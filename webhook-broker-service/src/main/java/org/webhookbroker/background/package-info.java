/** Level 1: what the parts of a node share: supervised loops, the incarnation that keeps its leases alive, budgets of memory. */
@NullMarked
package org.webhookbroker.background;

import org.jspecify.annotations.NullMarked;
