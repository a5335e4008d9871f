--liquibase formatted sql logicalFilePath:0006-dead-letters-and-seed.sql

--changeset broker:tally-died
--validCheckSum: 9:2ef45c615a0e4c7f6a35408130c91421
ALTER TABLE tally
  ADD COLUMN IF NOT EXISTS died BIGINT NOT NULL DEFAULT 0 COMMENT 'Deaths ever, which dead does not tell: it falls when dead jobs are requeued or purged';

--changeset broker:tally-died-before
--validCheckSum: 9:9d6530849998800df9607714b7aa4661
UPDATE tally SET died = dead WHERE dead > died;

--changeset broker:app-state
--validCheckSum: 9:5e1bdd0250f59446863d6476d3ab1f33
CREATE TABLE IF NOT EXISTS app_state (
  id TINYINT UNSIGNED NOT NULL PRIMARY KEY COMMENT 'One row, 1, once a broker has run',
  status TINYINT UNSIGNED NOT NULL COMMENT '1 not initialized, 2 initializing, 3 initialized',
  salt BINARY(16) NOT NULL COMMENT 'Random. The fingerprint is public and made of tokens too: without this nobody can try guesses against it',
  fingerprint BINARY(32) NOT NULL COMMENT 'Of the seed data that were applied last',
  seeder INT UNSIGNED NOT NULL COMMENT 'The incarnation that applies them or did so last; while initializing another may take over once it has ended'
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
