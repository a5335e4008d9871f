package org.webhookbroker.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.mapper.ColumnMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

final class XidColumnMapper implements ColumnMapper<Xid> {
    @Override
    public @Nullable Xid map(ResultSet row, int column, StatementContext context) throws SQLException {
        byte[] bytes = row.getBytes(column);
        return bytes == null ? null : Xid.of(bytes);
    }
}
