@NullMarked
package org.webhookbroker.http.tls;

import org.jspecify.annotations.NullMarked;
