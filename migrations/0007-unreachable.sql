--liquibase formatted sql logicalFilePath:0007-unreachable.sql
-- Attempts that reached nobody are not spent. No index: only whoever holds a job asks.

--changeset broker:job-unreachable
ALTER TABLE job
  ADD COLUMN IF NOT EXISTS unreachable_since DATETIME(6) NULL DEFAULT NULL
    COMMENT 'Since when nobody could be reached for it; null again once an attempt has reached somebody';

--changeset broker:consumer-unreachable
ALTER TABLE consumer
  ADD COLUMN IF NOT EXISTS unreachable_for VARCHAR(7) NOT NULL DEFAULT ''
    COMMENT 'Seconds for which its jobs wait while nobody can be reached; empty: as configured';
