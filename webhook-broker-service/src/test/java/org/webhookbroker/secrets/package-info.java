@NullMarked
package org.webhookbroker.secrets;

import org.jspecify.annotations.NullMarked;
