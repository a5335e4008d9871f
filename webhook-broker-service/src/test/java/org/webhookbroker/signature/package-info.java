@NullMarked
package org.webhookbroker.signature;

import org.jspecify.annotations.NullMarked;
