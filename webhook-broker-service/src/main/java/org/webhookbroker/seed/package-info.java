/** Level 2: what the configuration wants to exist from the start, and the state of the broker that says whether it does. */
@NullMarked
package org.webhookbroker.seed;

import org.jspecify.annotations.NullMarked;
