@NullMarked
package org.webhookbroker.http;

import org.jspecify.annotations.NullMarked;
