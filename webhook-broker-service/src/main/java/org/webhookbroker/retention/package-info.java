/** Level 4: messages that are over leave the tables for archives, and come back from them. */
@NullMarked
package org.webhookbroker.retention;

import org.jspecify.annotations.NullMarked;
