/** What several test suites share. */
@NullMarked
package org.webhookbroker.testing;

import org.jspecify.annotations.NullMarked;
