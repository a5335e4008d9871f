/** Signatures of requests, for producers and whoever else calls a broker that asks for them. */
@NullMarked
package org.webhookbroker.signature;

import org.jspecify.annotations.NullMarked;
