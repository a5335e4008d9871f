package org.webhookbroker.audit;

/**
 * What is written down of a deed.
 *
 * @param before JSON of what was changed, without secrets; empty for nothing
 * @param count how many jobs or messages, or 1
 */
public record AuditRecord(Deed deed, Target target, String before, String after, Outcome outcome, long count) {
    /** What was before and after. */
    public AuditRecord with(Differences<?> differences) {
        return new AuditRecord(deed, target, differences.before(), differences.after(), outcome, count);
    }

    /** More about it, instead of what is after. */
    public AuditRecord with(Shown details) {
        return new AuditRecord(deed, target, before, details.json(), outcome, count);
    }

    AuditRecord ended(Outcome how, long many) {
        return new AuditRecord(deed, target, before, after, how, many);
    }

    Share share() {
        return deed.action().shareOf(deed.who());
    }
}
