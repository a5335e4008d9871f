/** Level 0: ids, transactions with retry, migrations and the embedded MariaDB; knows no feature. */
@NullMarked
package org.webhookbroker.database;

import org.jspecify.annotations.NullMarked;
