--liquibase formatted sql logicalFilePath:0005-retention.sql
-- See docs/decisions/012-retention.md.

--changeset broker:prune-lease
--validCheckSum: 9:ae131077416431a327328ffa88140238
CREATE TABLE IF NOT EXISTS prune_lease (
  id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
  holder BINARY(12) NOT NULL COMMENT 'A run of pruning',
  expires_at DATETIME(6) NOT NULL COMMENT 'By the clock of the database; renewed by whatever the run does'
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC COMMENT = 'At most one row: who prunes. Nothing is lost if two do; it would be archived twice';
