/** What the log may hold: lines without control characters, bounded, and none of libraries below INFO. */
@NullMarked
package org.webhookbroker.ops.logs;

import org.jspecify.annotations.NullMarked;
