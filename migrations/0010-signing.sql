--liquibase formatted sql logicalFilePath:0010-signing.sql
-- What deliveries to a consumer are signed with. Nodes of older releases leave both columns as they are.

--changeset broker:consumer-signing-secrets
ALTER TABLE consumer
  ADD COLUMN IF NOT EXISTS signing_secrets VARCHAR(1024) NOT NULL DEFAULT ''
    COMMENT 'The newest first, each previous one with the second when it ends; empty: not signed';

--changeset broker:consumer-send-token
ALTER TABLE consumer
  ADD COLUMN IF NOT EXISTS send_token TINYINT UNSIGNED NOT NULL DEFAULT 1
    COMMENT '0: deliveries go without the token of the consumer, which a signature replaces';
