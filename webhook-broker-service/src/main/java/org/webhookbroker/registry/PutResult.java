package org.webhookbroker.registry;

/** Of a conditional create-or-replace. {@code entry} is what holds now, written or not. */
public record PutResult<T extends RegistryEntry>(UpdateCondition.Verdict verdict, T entry) {
    static <T extends RegistryEntry> PutResult<T> passed(T entry) {
        return new PutResult<>(UpdateCondition.Verdict.PASSED, entry);
    }
}
