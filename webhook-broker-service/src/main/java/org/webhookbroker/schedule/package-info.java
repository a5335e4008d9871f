/** Level 4: scheduled messages and their promotion to ordinary ones. */
@NullMarked
package org.webhookbroker.schedule;

import org.jspecify.annotations.NullMarked;
