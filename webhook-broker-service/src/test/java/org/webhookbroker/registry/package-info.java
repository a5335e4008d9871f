@NullMarked
package org.webhookbroker.registry;

import org.jspecify.annotations.NullMarked;
