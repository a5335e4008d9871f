package org.webhookbroker.registry;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.Update;
import org.webhookbroker.database.Columns;
import org.webhookbroker.database.Xid;
import org.webhookbroker.secrets.SealedRow;
import org.webhookbroker.secrets.SecretKeys;
import org.webhookbroker.secrets.SecretUnreadableException;

/** A row of {@code consumer}, and the statements that put one. */
record ConsumerRow(ConsumerValues values) implements EntryRow<Consumer> {
    private static final String COLUMNS = """
            id, channel_id, public_id, name, token, callback_url, type, max_retries, retry_delays, unreachable_for,
            signing_secrets, send_token, tls_profile, allowed_networks, created_at, changed_at
            """;

    /** The beginning of each statement that reads whole rows. */
    static final String SELECT = "SELECT " + COLUMNS + "FROM consumer\n";

    static Consumer read(ResultSet row, Channel channel, StatementContext context) throws SQLException {
        SealedRow sealed = sealed(SecretKeys.of(context), Columns.xid(row, "id"), row.getString("public_id"));
        return read(
                row,
                channel,
                sealed.open("token", row.getString("token")),
                sealed.open("callback_url", row.getString("callback_url")),
                sealed.open("signing_secrets", row.getString("signing_secrets")));
    }

    /** One that is kept although it is unreadable gets jobs (G3), and has none of its secrets. */
    static Consumer read(ResultSet row, Channel channel, StatementContext context, Unreadable unreadable)
            throws SQLException {
        try {
            return read(row, channel, context);
        } catch (SecretUnreadableException reason) {
            unreadable.met(reason);
            return read(row, channel, SealedRow.UNREADABLE, "", "");
        }
    }

    private static Consumer read(
            ResultSet row, Channel channel, String token, String callbackUrl, String signingSecrets)
            throws SQLException {
        Xid id = Columns.xid(row, "id");
        String maxRetries = row.getString("max_retries");
        String retryDelays = row.getString("retry_delays");
        String unreachableFor = row.getString("unreachable_for");
        return new Consumer(
                id,
                channel,
                row.getString("public_id"),
                row.getString("name"),
                token,
                callbackUrl,
                ConsumerType.of(row.getInt("type")),
                Retries.parse(maxRetries, retryDelays, unreachableFor)
                        .orElseThrow(() -> new IllegalStateException("Malformed retries of consumer " + id + ": "
                                + maxRetries + " / " + retryDelays + " / " + unreachableFor)),
                SigningColumn.read(signingSecrets, row.getBoolean("send_token")),
                new ConsumerRoute(row.getString("tls_profile"), row.getString("allowed_networks")),
                Columns.instant(row, "created_at"),
                Columns.instant(row, "changed_at"));
    }

    @Override
    public Optional<Consumer> find(Handle handle) {
        return ConsumerStore.find(handle, values.channel(), values.entry().publicId(), Unreadable.REFUSED);
    }

    @Override
    public Optional<Consumer> lock(Handle handle, String wait) {
        return ConsumerStore.lock(handle, values.channel(), values.entry().publicId(), wait, Unreadable.REFUSED);
    }

    @Override
    public boolean isAlready(Consumer consumer) {
        return values.areThoseOf(consumer);
    }

    @Override
    public long text() {
        return values.entry().text() + values.callbackUrl().length();
    }

    /** Its channel may have been removed since the request was checked. A consumer without one could never be removed. */
    @Override
    public Consumer insert(Handle handle, Xid id, Instant now) {
        String insert = "SET STATEMENT innodb_lock_wait_timeout = 0 FOR INSERT INTO consumer (" + COLUMNS + """
                )
                SELECT :id, id, :publicId, :name, :token, :callbackUrl, :type, :maxRetries, :retryDelays, :unreachableFor,
                  :signingSecrets, :sendToken, :tlsProfile, :allowedNetworks, :now, :now
                FROM channel WHERE id = :channelId
                """;
        int inserted = bindValues(handle, id, insert, values.signing())
                .bind("id", id)
                .bind("channelId", values.channel().id())
                .bind("publicId", values.entry().publicId())
                .bind("now", now)
                .execute();
        if (inserted == 0) {
            throw new EntryRemovedException();
        }
        return consumer(id, values.signing(), now, now);
    }

    @Override
    public Consumer update(Handle handle, Consumer consumer, Instant now, Instant changedAt) {
        Signing signing = values.signing().at(now);
        bindValues(handle, consumer.id(), """
                        UPDATE consumer
                        SET name = :name, token = :token, callback_url = :callbackUrl, type = :type,
                          max_retries = :maxRetries, retry_delays = :retryDelays,
                          unreachable_for = :unreachableFor, signing_secrets = :signingSecrets,
                          send_token = :sendToken, tls_profile = :tlsProfile,
                          allowed_networks = :allowedNetworks, changed_at = :changedAt
                        WHERE id = :id
                        """, signing)
                .bind("id", consumer.id())
                .bind("changedAt", changedAt)
                .execute();
        return consumer(consumer.id(), signing, consumer.createdAt(), changedAt);
    }

    /** What a client sets. */
    private Update bindValues(Handle handle, Xid id, String statement, Signing signing) {
        SealedRow sealed = sealed(SecretKeys.of(handle), id, values.entry().publicId());
        return handle.createUpdate(statement)
                .bind("name", values.entry().name())
                .bind("token", sealed.seal("token", values.entry().token()))
                .bind("callbackUrl", sealed.seal("callback_url", values.callbackUrl()))
                .bind("type", values.type().code())
                .bind("maxRetries", values.retries().maxText())
                .bind("retryDelays", values.retries().delaysText())
                .bind("unreachableFor", values.retries().unreachableForText())
                .bind("signingSecrets", sealed.seal("signing_secrets", SigningColumn.text(signing)))
                .bind("sendToken", signing.sendToken())
                .bind("tlsProfile", values.route().tlsProfile())
                .bind("allowedNetworks", values.route().allowedNetworks());
    }

    private static SealedRow sealed(SecretKeys keys, Xid id, String publicId) {
        return keys.row("consumer", id, publicId);
    }

    private Consumer consumer(Xid id, Signing signing, Instant createdAt, Instant changedAt) {
        EntryValues entry = values.entry();
        return new Consumer(
                id,
                values.channel(),
                entry.publicId(),
                entry.name(),
                entry.token(),
                values.callbackUrl(),
                values.type(),
                values.retries(),
                signing,
                values.route(),
                createdAt,
                changedAt);
    }
}
