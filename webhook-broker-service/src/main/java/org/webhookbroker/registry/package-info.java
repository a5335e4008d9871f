/** Level 1: producers, channels and consumers, and the versioned snapshot of them that the hot path reads. */
@NullMarked
package org.webhookbroker.registry;

import org.jspecify.annotations.NullMarked;
