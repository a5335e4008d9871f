--liquibase formatted sql logicalFilePath:0014-consumer-route.sql
-- How calls of a consumer may go. Nodes of older releases leave both columns as they are.

--changeset broker:consumer-tls-profile
ALTER TABLE consumer
  ADD COLUMN IF NOT EXISTS tls_profile VARCHAR(64) NOT NULL DEFAULT ''
    COMMENT 'One of outbound.tls; empty: the default';

--changeset broker:consumer-allowed-networks
ALTER TABLE consumer
  ADD COLUMN IF NOT EXISTS allowed_networks VARCHAR(512) NOT NULL DEFAULT ''
    COMMENT 'Exceptions from the denied networks, separated by commas';
