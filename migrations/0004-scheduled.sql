--liquibase formatted sql logicalFilePath:0004-scheduled.sql
-- The record of a scheduled message outlives it; what promotion looks at is a table of its own, as small as what still
-- waits. See docs/decisions/011-scheduled-messages.md.

--changeset broker:scheduled-message
CREATE TABLE scheduled_message (
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
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin COMMENT = 'Never deleted';

--changeset broker:scheduled-due
CREATE TABLE scheduled_due (
  id BINARY(12) NOT NULL PRIMARY KEY COMMENT 'Of a scheduled message that waits: whoever deletes this row decides what becomes of it',
  channel_id BINARY(12) NOT NULL,
  due_at DATETIME(6) NOT NULL COMMENT 'Later than that of the message after its promotion failed',
  size INT UNSIGNED NOT NULL COMMENT 'Bytes of payload and headers: promotion bounds its batches before it reads them',
  KEY scheduled_due_at (due_at),
  KEY scheduled_due_channel (channel_id, due_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

--changeset broker:scheduled-tally
CREATE TABLE scheduled_tally (
  channel_id BINARY(12) NOT NULL,
  slot TINYINT UNSIGNED NOT NULL COMMENT 'Of the incarnation that counts, so that nodes seldom wait for each other',
  accepted BIGINT NOT NULL,
  dispatched BIGINT NOT NULL,
  duplicates BIGINT NOT NULL COMMENT 'Of the dispatched ones: their id was taken by then, so they made no message',
  cancelled BIGINT NOT NULL,
  PRIMARY KEY (channel_id, slot)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT = 'Counted in the transaction of what is counted: accepted = dispatched + cancelled + waiting';
