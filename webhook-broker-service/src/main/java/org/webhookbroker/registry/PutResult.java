package org.webhookbroker.registry;

/** The result of a conditional create-or-replace. {@code entry} is the entry as it is now, whether this call wrote it or not. */
public record PutResult<T extends RegistryEntry>(UpdateCondition.Verdict verdict, T entry) {
    static <T extends RegistryEntry> PutResult<T> passed(T entry) {
        return new PutResult<>(UpdateCondition.Verdict.PASSED, entry);
    }
}
