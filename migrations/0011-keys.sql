--liquibase formatted sql logicalFilePath:0011-keys.sql
-- The keys of the API (auth.mode: keys). Nodes of older releases know nothing of them.

--changeset broker:api-key
CREATE TABLE IF NOT EXISTS api_key (
  id BINARY(12) NOT NULL PRIMARY KEY,
  name VARCHAR(255) NOT NULL COMMENT 'What people call it; need not be unique',
  role VARCHAR(16) NOT NULL,
  channels VARCHAR(256) NOT NULL COMMENT 'An id, or the beginning of ids with * behind it',
  producer VARCHAR(255) NOT NULL COMMENT 'The only one in whose name it may broadcast; empty: any',
  hash BINARY(32) NOT NULL COMMENT 'SHA-256 of its text, which nobody has but its holder',
  hint VARCHAR(4) NOT NULL COMMENT 'How its text ends',
  created_at DATETIME(6) NOT NULL,
  ends_at DATETIME(6) NULL COMMENT 'NULL: never',
  last_used_at DATETIME(6) NULL COMMENT 'To the minute; NULL: never used',
  UNIQUE KEY api_key_hash (hash)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

--changeset broker:api-key-version
CREATE TABLE IF NOT EXISTS api_key_version (
  id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
  version BIGINT UNSIGNED NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC COMMENT = 'One row: incremented by whoever makes or revokes a key';

--changeset broker:api-key-version-row
INSERT IGNORE INTO api_key_version (id, version) VALUES (1, 1);
