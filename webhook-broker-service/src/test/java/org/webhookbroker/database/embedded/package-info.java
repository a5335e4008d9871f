@NullMarked
package org.webhookbroker.database.embedded;

import org.jspecify.annotations.NullMarked;
