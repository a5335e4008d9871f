/** Level 1: keys of the API, and who asks for something. */
@NullMarked
package org.webhookbroker.auth;

import org.jspecify.annotations.NullMarked;
