--liquibase formatted sql logicalFilePath:0012-audit.sql
-- Who did what. Nodes of older releases write nothing here.

--changeset broker:audit
CREATE TABLE IF NOT EXISTS audit (
  id BINARY(12) NOT NULL COMMENT 'Microseconds since 1970 by the clock of the database, and four random bytes: the order of time',
  at DATETIME(6) NOT NULL COMMENT 'The same moment',
  share TINYINT UNSIGNED NOT NULL COMMENT '0 of operators, 1 of those who register, 2 of consumers about their jobs: each has its own bound',
  actor VARCHAR(100) NOT NULL COMMENT 'Id of the key, or the origin',
  actor_name VARCHAR(255) NOT NULL COMMENT 'Of the key, or of the consumer whose token was given',
  origin VARCHAR(100) NOT NULL COMMENT 'Address, or what within the broker did it',
  action VARCHAR(20) NOT NULL,
  kind VARCHAR(20) NOT NULL COMMENT 'Of the target',
  target VARCHAR(255) NOT NULL,
  channel VARCHAR(255) NOT NULL COMMENT 'Of the target; empty if it has none',
  before_values VARCHAR(2000) NOT NULL COMMENT 'JSON of what was changed, without secrets; empty: nothing',
  after_values VARCHAR(2000) NOT NULL,
  outcome VARCHAR(12) NOT NULL,
  affected BIGINT NOT NULL COMMENT 'How many jobs or messages',
  PRIMARY KEY (id),
  KEY audit_share (share, id),
  KEY audit_actor (actor, id),
  KEY audit_target (target, id),
  KEY audit_channel (channel, id),
  KEY audit_action (action, id)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
