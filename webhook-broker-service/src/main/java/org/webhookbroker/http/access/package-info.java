/** Level 5: which key may call which route of the API, and what it is shown. */
@NullMarked
package org.webhookbroker.http.access;

import org.jspecify.annotations.NullMarked;
