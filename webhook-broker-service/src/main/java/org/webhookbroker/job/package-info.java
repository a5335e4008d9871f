/** Level 2: the delivery job, its states and tables, and the retry policy. */
@NullMarked
package org.webhookbroker.job;

import org.jspecify.annotations.NullMarked;
