--liquibase formatted sql logicalFilePath:0003-pull.sql
-- What pull consumers need. No index: a lease's end and the end of a last call are due times, which job_lease has.
-- See docs/decisions/009-pull-leases.md.

--changeset broker:job-pull
--validCheckSum: 9:73325e15ffd67d28cc0b9e1e18120ac4
ALTER TABLE job
  ADD COLUMN IF NOT EXISTS pull_timeout INT UNSIGNED NOT NULL DEFAULT 0
    COMMENT 'IncrementalTimeout: seconds by which its pull consumer may take longer; stays with the job',
  MODIFY COLUMN holder INT UNSIGNED NOT NULL
    COMMENT '0: queued; 2147483647: leased by its pull consumer; else the incarnation that has it in flight',
  MODIFY COLUMN retry BOOLEAN NOT NULL
    COMMENT '0: first attempt, 1: retry, 2: last call of a pull job. In the index so that retries never hold up first attempts',
  MODIFY COLUMN due_at DATETIME(6) NOT NULL
    COMMENT 'Leased by a pull consumer: when the lease ends. Last call: when the job dies. Else when it may be taken';

--changeset broker:dead-job-pull
--validCheckSum: 9:631962e2143b7f66ef65ef2513a26cba
ALTER TABLE dead_job
  ADD COLUMN IF NOT EXISTS pull_timeout INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'As in job, for when it is requeued';
