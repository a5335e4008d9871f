@NullMarked
package org.webhookbroker.http.access;

import org.jspecify.annotations.NullMarked;
