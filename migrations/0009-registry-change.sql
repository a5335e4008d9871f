--liquibase formatted sql logicalFilePath:0009-registry-change.sql
-- What changed in each version, so that nodes read no more than that. A version without a row here makes them read everything.

--changeset broker:registry-change
CREATE TABLE IF NOT EXISTS registry_change (
  version BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  kind TINYINT UNSIGNED NOT NULL COMMENT '0 producer, 1 channel, 2 consumer',
  entry_id BINARY(12) NOT NULL COMMENT 'Put or removed in this version'
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC COMMENT = 'The last thousand or so';
