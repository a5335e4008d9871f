/** Level 1: the record of who did what. */
@NullMarked
package org.webhookbroker.audit;

import org.jspecify.annotations.NullMarked;
