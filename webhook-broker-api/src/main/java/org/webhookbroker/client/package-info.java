/** A client of the broker for producers and pull consumers, on {@code java.net.http} alone. Begin with {@link org.webhookbroker.client.BrokerClient}. */
@NullMarked
package org.webhookbroker.client;

import org.jspecify.annotations.NullMarked;
