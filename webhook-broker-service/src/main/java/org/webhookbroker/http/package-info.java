/** Level 5: Jersey resources, filters and error bodies of the wire contract. */
@NullMarked
package org.webhookbroker.http;

import org.jspecify.annotations.NullMarked;
