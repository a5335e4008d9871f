-- Run once, when the database makes its files: the broker sees for how long transactions of others have been open (docs/operations.md#the-privilege-process).
GRANT PROCESS ON *.* TO 'broker'@'%';
