--liquibase formatted sql logicalFilePath:0002-messages-and-jobs.sql
-- A job is a row of exactly one table: job while it is live, delivered_job or dead_job after. The hot table stays small,
-- and no index covers a column that settling changes. See docs/decisions/001-job-tables.md.

--changeset broker:incarnation
--validCheckSum: 9:a2c05a46ac80c7daa621df614dcb1728
CREATE TABLE IF NOT EXISTS incarnation (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY COMMENT 'The holder of leases; never used again',
  node VARCHAR(255) NOT NULL COMMENT 'For people: host and process',
  started_at DATETIME(6) NOT NULL,
  seen_at DATETIME(6) NOT NULL,
  ended BOOLEAN NOT NULL DEFAULT FALSE COMMENT 'Declared dead: it may write nothing more, its jobs are being rescued'
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

--changeset broker:message
--validCheckSum: 9:6533b1f031ddfbb7610c0136db6b896a
CREATE TABLE IF NOT EXISTS message (
  id BINARY(12) NOT NULL PRIMARY KEY,
  channel_id BINARY(12) NOT NULL,
  producer_id BINARY(12) NOT NULL,
  public_id VARCHAR(255) NOT NULL,
  content_type VARCHAR(255) NOT NULL,
  priority INT UNSIGNED NOT NULL,
  headers MEDIUMTEXT NOT NULL COMMENT 'Metadata headers, a JSON object; empty for none',
  payload MEDIUMBLOB NOT NULL,
  received_at DATETIME(6) NOT NULL,
  job_count INT UNSIGNED NOT NULL COMMENT 'Its jobs have the next ids: id + 1 to id + job_count',
  UNIQUE KEY message_public_id (channel_id, public_id),
  KEY message_channel (channel_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

--changeset broker:job
--validCheckSum: 9:64b995c89fcfdb3ba47afb438c0445de
CREATE TABLE IF NOT EXISTS job (
  id BINARY(12) NOT NULL PRIMARY KEY,
  message_id BINARY(12) NOT NULL,
  consumer_id BINARY(12) NOT NULL,
  holder INT UNSIGNED NOT NULL COMMENT '0: queued; else the incarnation that has it in flight',
  retry BOOLEAN NOT NULL COMMENT 'attempts > 0, for the index: retries are leased apart so that they never hold up first attempts',
  priority INT UNSIGNED NOT NULL,
  due_at DATETIME(6) NOT NULL,
  size INT UNSIGNED NOT NULL COMMENT 'Bytes of payload and headers: a lane reserves memory before it reads them',
  attempts INT UNSIGNED NOT NULL COMMENT 'Failed ones so far',
  takeovers TINYINT UNSIGNED NOT NULL COMMENT 'How many incarnations died holding it',
  possible_duplicate BOOLEAN NOT NULL COMMENT 'An earlier attempt may have arrived',
  changed_at DATETIME(6) NOT NULL,
  reason VARCHAR(32) NOT NULL COMMENT 'Why the last attempt failed, a code; empty before',
  detail VARCHAR(255) NOT NULL,
  KEY job_lease (consumer_id, holder, retry, priority, due_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

--changeset broker:delivered-job
--validCheckSum: 9:0170012dda6683d5ec9d58a9ab53159c
CREATE TABLE IF NOT EXISTS delivered_job (
  id BINARY(12) NOT NULL PRIMARY KEY,
  message_id BINARY(12) NOT NULL,
  consumer_id BINARY(12) NOT NULL,
  attempts INT UNSIGNED NOT NULL COMMENT 'Failed ones before the delivery',
  changed_at DATETIME(6) NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin COMMENT = 'Append only';

--changeset broker:dead-job
--validCheckSum: 9:d59aa37778eb98af5d5a4874a97c61ac
CREATE TABLE IF NOT EXISTS dead_job (
  id BINARY(12) NOT NULL PRIMARY KEY,
  message_id BINARY(12) NOT NULL,
  consumer_id BINARY(12) NOT NULL,
  priority INT UNSIGNED NOT NULL,
  size INT UNSIGNED NOT NULL,
  attempts INT UNSIGNED NOT NULL,
  possible_duplicate BOOLEAN NOT NULL,
  changed_at DATETIME(6) NOT NULL,
  reason VARCHAR(32) NOT NULL,
  detail VARCHAR(255) NOT NULL,
  KEY dead_job_consumer (consumer_id),
  KEY dead_job_changed (consumer_id, changed_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

--changeset broker:tally
--validCheckSum: 9:0b3f0fe3072ebe4ff99ab944adc8af60
CREATE TABLE IF NOT EXISTS tally (
  owner_id BINARY(12) NOT NULL COMMENT 'A consumer (counts jobs) or a channel (counts messages, accepted and removed only)',
  incarnation INT UNSIGNED NOT NULL COMMENT 'Who counts, so that nodes do not wait for each other; 0 is the sum of those that ended',
  accepted BIGINT NOT NULL,
  delivered BIGINT NOT NULL,
  dead BIGINT NOT NULL COMMENT 'Dead now: a requeue lowers it, so one row may be negative, never the sum',
  removed BIGINT NOT NULL COMMENT 'Neither delivered nor dead nor live: purged, ended by force',
  archived BIGINT NOT NULL COMMENT 'Delivered ones that left the tables',
  first_delivered_at DATETIME(6) NULL COMMENT 'Null before the first; delivered_job has no index that would tell',
  last_delivered_at DATETIME(6) NULL,
  PRIMARY KEY (owner_id, incarnation)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT = 'Counted in the transaction of what is counted: accepted = delivered + dead + removed + live';
