/** The MariaDB that the broker runs itself: its binaries, its data folder, its process. */
@NullMarked
package org.webhookbroker.database.embedded;

import org.jspecify.annotations.NullMarked;
