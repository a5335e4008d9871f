/** Level 4: lanes, leasing, settling, and the rescue of jobs from dead incarnations. */
@NullMarked
package org.webhookbroker.dispatch;

import org.jspecify.annotations.NullMarked;
