--liquibase formatted sql logicalFilePath:0004-scheduled.sql
-- The record of a scheduled message outlives it; what promotion looks at is a table of its own, as small as what still
-- waits. See docs/decisions/011-scheduled-messages.md.

--changeset broker:scheduled-message
--validCheckSum: 9:266e4f25c552baf8d614a885eab7fa26
CREATE TABLE IF NOT EXISTS scheduled_message (
  id BINARY(12) NOT NULL PRIMARY KEY,
  channel_id BINARY(12) NOT NULL,
  producer_id BINARY(12) NOT NULL,
  public_id VARCHAR(255) NOT NULL,
  content_type VARCHAR(255) NOT NULL,
  priority INT UNSIGNED NOT NULL,
  headers MEDIUMTEXT NOT NULL COMMENT 'Metadata headers, a JSON object; empty for none',
  payload MEDIUMBLOB NOT NULL,
  due_at DATETIME(6) NOT NULL,
  status TINYINT UNSIGNED NOT NULL COMMENT '101 scheduled, 102 dispatched, 103 cancelled',
  dispatched_at DATETIME(6) NULL,
  UNIQUE KEY scheduled_message_public_id (channel_id, public_id),
  KEY scheduled_message_channel (channel_id),
  KEY scheduled_message_status (channel_id, status)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin COMMENT = 'Never deleted';

--changeset broker:scheduled-due
--validCheckSum: 9:1b09ea278797074ad07d1a671e3e94c4
CREATE TABLE IF NOT EXISTS scheduled_due (
  id BINARY(12) NOT NULL PRIMARY KEY COMMENT 'Of a scheduled message that waits: whoever deletes this row decides what becomes of it',
  channel_id BINARY(12) NOT NULL,
  due_at DATETIME(6) NOT NULL COMMENT 'Later than that of the message after its promotion failed',
  size INT UNSIGNED NOT NULL COMMENT 'Bytes of payload and headers: promotion bounds its batches before it reads them',
  KEY scheduled_due_at (due_at),
  KEY scheduled_due_channel (channel_id, due_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

--changeset broker:scheduled-tally
--validCheckSum: 9:3ead2ba1d2044532c065b8f01fa26757
CREATE TABLE IF NOT EXISTS scheduled_tally (
  channel_id BINARY(12) NOT NULL,
  slot TINYINT UNSIGNED NOT NULL COMMENT 'Of the incarnation that counts, so that nodes seldom wait for each other',
  accepted BIGINT NOT NULL,
  dispatched BIGINT NOT NULL,
  duplicates BIGINT NOT NULL COMMENT 'Of the dispatched ones: their id was taken by then, so they made no message',
  cancelled BIGINT NOT NULL,
  PRIMARY KEY (channel_id, slot)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT = 'Counted in the transaction of what is counted: accepted = dispatched + cancelled + waiting';
