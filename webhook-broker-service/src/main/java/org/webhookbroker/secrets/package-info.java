/** Level 0, beside the database: what is encrypted in it, and by which key. */
@NullMarked
package org.webhookbroker.secrets;

import org.jspecify.annotations.NullMarked;
