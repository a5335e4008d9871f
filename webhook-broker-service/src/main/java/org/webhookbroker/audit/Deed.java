package org.webhookbroker.audit;

/** Who does what, for whoever knows on what, and what it changes. */
public record Deed(Who who, Action action) {
    public AuditRecord on(Target target) {
        return new AuditRecord(this, target, "", "", Outcome.DONE, 1);
    }
}
