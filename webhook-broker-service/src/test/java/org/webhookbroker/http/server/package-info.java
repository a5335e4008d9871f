@NullMarked
package org.webhookbroker.http.server;

import org.jspecify.annotations.NullMarked;
