/** How a node takes its leave: balancers notice first, then its ports close, and whoever still comes is served. */
@NullMarked
package org.webhookbroker.http.drain;

import org.jspecify.annotations.NullMarked;
