/** Level 3: broadcast intake with group commit, and the message store. */
@NullMarked
package org.webhookbroker.message;

import org.jspecify.annotations.NullMarked;
