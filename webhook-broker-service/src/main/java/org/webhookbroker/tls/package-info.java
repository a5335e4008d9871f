/** Certificates and keys in files, and what the broker speaks behind TLS. */
@NullMarked
package org.webhookbroker.tls;

import org.jspecify.annotations.NullMarked;
