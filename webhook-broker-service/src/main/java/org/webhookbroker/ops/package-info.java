/** Level 5: what operators use: admin tasks, health checks, metrics. */
@NullMarked
package org.webhookbroker.ops;

import org.jspecify.annotations.NullMarked;
