/** Breaks the broker on purpose, one line at a time, and sees whether a test notices. {@code scripts/mutations} runs it. */
@NullMarked
package org.webhookbroker.mutation;

import org.jspecify.annotations.NullMarked;
