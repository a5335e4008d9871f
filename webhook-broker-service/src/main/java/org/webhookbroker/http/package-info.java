/** Level 5: the resources of the wire contract, what they check, and how they show it. */
@NullMarked
package org.webhookbroker.http;

import org.jspecify.annotations.NullMarked;
