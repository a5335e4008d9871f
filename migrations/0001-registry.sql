--liquibase formatted sql logicalFilePath:0001-registry.sql
-- One DDL statement a changeset: MariaDB commits each by itself, so a failure can not half-apply one.
-- "id" is the internal xid, "public_id" what users write. NOPAD, or 'a' would equal 'a '.

--changeset broker:registry-version
CREATE TABLE registry_version (
  id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
  version BIGINT UNSIGNED NOT NULL
) ENGINE = InnoDB COMMENT = 'One row: locked shared by whoever reads the registry to write jobs, incremented by whoever changes it';

--changeset broker:registry-version-row
INSERT INTO registry_version (id, version) VALUES (1, 1);

--changeset broker:producer
CREATE TABLE producer (
  id BINARY(12) NOT NULL PRIMARY KEY,
  public_id VARCHAR(255) NOT NULL,
  name VARCHAR(255) NOT NULL,
  token VARCHAR(255) NOT NULL,
  created_at DATETIME(6) NOT NULL,
  changed_at DATETIME(6) NOT NULL,
  UNIQUE KEY producer_public_id (public_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

--changeset broker:channel
CREATE TABLE channel (
  id BINARY(12) NOT NULL PRIMARY KEY,
  public_id VARCHAR(255) NOT NULL,
  name VARCHAR(255) NOT NULL,
  token VARCHAR(255) NOT NULL,
  created_at DATETIME(6) NOT NULL,
  changed_at DATETIME(6) NOT NULL,
  UNIQUE KEY channel_public_id (public_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;

--changeset broker:consumer
CREATE TABLE consumer (
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
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
