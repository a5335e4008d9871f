@NullMarked
package org.webhookbroker.audit;

import org.jspecify.annotations.NullMarked;
