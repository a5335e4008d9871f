--liquibase formatted sql logicalFilePath:0013-secrets.sql
-- Room for encrypted values: 255 characters of 4 bytes become 1412, and 4096 become 21898, more than a VARCHAR may have beside the other columns.
-- Nodes of older releases go on as before. The first two are instant; the last copies the table, which takes a second for 50,000 consumers.

--changeset broker:producer-token
ALTER TABLE producer MODIFY COLUMN token VARCHAR(1536) NOT NULL COMMENT 'May be encrypted, see docs/security.md';

--changeset broker:channel-token
ALTER TABLE channel MODIFY COLUMN token VARCHAR(1536) NOT NULL COMMENT 'May be encrypted';

--changeset broker:consumer-token-and-url
ALTER TABLE consumer
  MODIFY COLUMN token VARCHAR(1536) NOT NULL COMMENT 'May be encrypted',
  MODIFY COLUMN callback_url TEXT NOT NULL COMMENT 'May be encrypted';
