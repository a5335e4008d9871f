/** What breaks, on purpose and under load, and the books that must balance after it. */
@NullMarked
package org.webhookbroker.fault;

import org.jspecify.annotations.NullMarked;
