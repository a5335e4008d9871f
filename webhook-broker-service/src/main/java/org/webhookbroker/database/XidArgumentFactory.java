package org.webhookbroker.database;

import java.sql.Types;
import org.jdbi.v3.core.argument.AbstractArgumentFactory;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.config.ConfigRegistry;

final class XidArgumentFactory extends AbstractArgumentFactory<Xid> {
    XidArgumentFactory() {
        super(Types.BINARY);
    }

    @Override
    protected Argument build(Xid value, ConfigRegistry config) {
        return (position, statement, context) -> statement.setBytes(position, value.bytes());
    }
}
