--liquibase formatted sql logicalFilePath:0008-ended-schedules.sql
-- What ended keeps its record for as long as messages are kept, and none of its contents. Each changeset may be run again.

--changeset broker:scheduled-message-ended-at
ALTER TABLE scheduled_message
  ADD COLUMN IF NOT EXISTS ended_at DATETIME(6) NULL COMMENT 'Dispatched or cancelled; then payload and headers are empty',
  ADD COLUMN IF NOT EXISTS made_message BOOLEAN NOT NULL DEFAULT FALSE COMMENT 'Its contents are in a message of its id',
  COMMENT = 'Deleted by pruning, some time after the end';

--changeset broker:scheduled-message-ended-before
UPDATE scheduled_message
SET ended_at = COALESCE(dispatched_at, LEAST(due_at, UTC_TIMESTAMP(6))), made_message = (status = 102), payload = '', headers = ''
WHERE status <> 101 AND ended_at IS NULL;

--changeset broker:scheduled-message-ended
CREATE INDEX IF NOT EXISTS scheduled_message_ended ON scheduled_message (ended_at);

--changeset broker:scheduled-tally-pruned
ALTER TABLE scheduled_tally
  ADD COLUMN IF NOT EXISTS pruned_dispatched BIGINT NOT NULL DEFAULT 0 COMMENT 'Of the dispatched ones: their records are deleted',
  ADD COLUMN IF NOT EXISTS pruned_cancelled BIGINT NOT NULL DEFAULT 0;
