/** The wiring of the broker: configuration, application, and nothing else. */
@NullMarked
package org.webhookbroker;

import org.jspecify.annotations.NullMarked;
