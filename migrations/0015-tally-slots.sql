--liquibase formatted sql logicalFilePath:0015-tally-slots.sql
-- Where transactions leave what they count until the loop `tally` adds it to the counters. See docs/decisions/007-tallies.md.

--changeset broker:tally-slot
CREATE TABLE IF NOT EXISTS tally_slot (
  incarnation INT UNSIGNED NOT NULL COMMENT 'Who counts',
  turn TINYINT UNSIGNED NOT NULL COMMENT 'Half of the slots is written in even seconds, half in odd ones, so that nobody waits while the other half is emptied',
  slot TINYINT UNSIGNED NOT NULL,
  changes VARBINARY(32768) NOT NULL COMMENT 'For each transaction its time, and how much it adds to which counters',
  PRIMARY KEY (incarnation, turn, slot)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin
  COMMENT = 'Counted in the transaction of what is counted, and not yet added to tally';

--changeset broker:incarnation-knows-slots
ALTER TABLE incarnation
  ADD COLUMN IF NOT EXISTS knows_slots BOOLEAN NOT NULL DEFAULT FALSE
    COMMENT 'Nodes of older releases would not read tally_slot: while one of them is alive, nobody uses it';
