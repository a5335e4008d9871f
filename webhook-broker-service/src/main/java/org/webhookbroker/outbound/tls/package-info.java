/** TLS with consumers: what the configuration lays down for each, in profiles. */
@NullMarked
package org.webhookbroker.outbound.tls;

import org.jspecify.annotations.NullMarked;
