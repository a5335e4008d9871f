/** What the broker puts in front of HttpCore's reading of HTTP/2, which trips over what it should ignore. */
@NullMarked
package org.webhookbroker.outbound.http2;

import org.jspecify.annotations.NullMarked;
