/** Level 3: how much keys, producers and channels may send, and how many live jobs a consumer may have. */
@NullMarked
package org.webhookbroker.quota;

import org.jspecify.annotations.NullMarked;
