package org.webhookbroker.contract;

import java.util.function.Supplier;
import org.webhookbroker.testing.Answer;

/** A rule of the contract as one question and its answer. */
record Rule(String name, Supplier<Answer> question, Expected expected) {
    /** @param section of docs/contract.md; 0 for what we decide otherwise than the original */
    static Rule of(String section, String rule, Supplier<Answer> question, Expected expected) {
        return new Rule(section + ": " + rule, question, expected);
    }

    void check() {
        expected.check(question.get());
    }

    @Override
    public String toString() {
        return name;
    }
}
