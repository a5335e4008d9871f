/** Names and records of the wire contract, for clients and consumers. */
@NullMarked
package org.webhookbroker.api;

import org.jspecify.annotations.NullMarked;
