/** Level 5: what happens to a request before and after its resource: connections, routing, signatures, bodies, errors. */
@NullMarked
package org.webhookbroker.http.server;

import org.jspecify.annotations.NullMarked;
