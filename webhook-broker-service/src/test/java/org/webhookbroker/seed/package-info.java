@NullMarked
package org.webhookbroker.seed;

import org.jspecify.annotations.NullMarked;
