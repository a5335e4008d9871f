@NullMarked
package org.webhookbroker.auth;

import org.jspecify.annotations.NullMarked;
