/** TLS of the ports: its settings, its files while the broker runs, and what a connection begins with. */
@NullMarked
package org.webhookbroker.http.tls;

import org.jspecify.annotations.NullMarked;
