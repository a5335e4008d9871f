--liquibase formatted sql logicalFilePath:0001-registry.sql
-- One DDL statement a changeset: MariaDB commits each by itself, so a failure cannot half-apply one. A kill may come between it and the
-- row that says that it ran, so each can be run again. validCheckSum is that of the time when some could not.
-- "id" is the internal xid, "public_id" what users write. NOPAD, or 'a' would equal 'a '.

--changeset broker:registry-version
--validCheckSum: 9:9ac284fb7c3f990b2b6d97cd563df72b
CREATE TABLE IF NOT EXISTS registry_version (
  id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
  version BIGINT UNSIGNED NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC COMMENT = 'One row: locked shared by whoever reads the registry to write jobs, incremented by whoever changes it';

--changeset broker:registry-version-row
--validCheckSum: 9:1e2931c0fe74b5cebd7c01259ad9b388
INSERT IGNORE INTO registry_version (id, version) VALUES (1, 1);

--changeset broker:producer
--validCheckSum: 9:abf6749ea2c1cb101932923f025234d9
CREATE TABLE IF NOT EXISTS producer (
  id BINARY(12) NOT NULL PRIMARY KEY,
  public_id VARCHAR(255) NOT NULL,
  name VARCHAR(255) NOT NULL,
  token VARCHAR(255) NOT NULL,
  created_at DATETIME(6) NOT NULL,
  changed_at DATETIME(6) NOT NULL,
  UNIQUE KEY producer_public_id (public_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

--changeset broker:channel
--validCheckSum: 9:72883fba0c8ef02b704d4602ab942211
CREATE TABLE IF NOT EXISTS channel (
  id BINARY(12) NOT NULL PRIMARY KEY,
  public_id VARCHAR(255) NOT NULL,
  name VARCHAR(255) NOT NULL,
  token VARCHAR(255) NOT NULL,
  created_at DATETIME(6) NOT NULL,
  changed_at DATETIME(6) NOT NULL,
  UNIQUE KEY channel_public_id (public_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

--changeset broker:consumer
--validCheckSum: 9:a818410740200170f0fc1762965ae55f
CREATE TABLE IF NOT EXISTS consumer (
  id BINARY(12) NOT NULL PRIMARY KEY,
  channel_id BINARY(12) NOT NULL,
  public_id VARCHAR(255) NOT NULL,
  name VARCHAR(255) NOT NULL,
  token VARCHAR(255) NOT NULL,
  callback_url VARCHAR(4096) NOT NULL,
  type TINYINT UNSIGNED NOT NULL COMMENT '0 pull, 1 push',
  max_retries VARCHAR(3) NOT NULL DEFAULT '' COMMENT 'Empty: as configured',
  retry_delays VARCHAR(255) NOT NULL DEFAULT '' COMMENT 'Seconds, comma-separated; empty: as configured',
  created_at DATETIME(6) NOT NULL,
  changed_at DATETIME(6) NOT NULL,
  UNIQUE KEY consumer_public_id (channel_id, public_id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
