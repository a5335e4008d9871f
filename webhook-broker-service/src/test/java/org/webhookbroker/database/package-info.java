@NullMarked
package org.webhookbroker.database;

import org.jspecify.annotations.NullMarked;
