package org.webhookbroker.background;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.ConnectionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.webhookbroker.database.Database.LockWait;

@Tag("G9")
class ItemFailuresTest {
    private final ItemFailures failures = new ItemFailures();
    private final List<String> done = new ArrayList<>();

    @Test
    void allAreWorkedOnAndEachFailureIsTold() {
        fail("a");
        failures.collect("b", () -> done.add("b"));
        fail("c");
        fail("d");

        assertThat(done).containsExactly("b");
        assertThatThrownBy(failures::throwAll)
                .hasMessage("3 items failed, the first: Cannot do a")
                .hasRootCauseMessage("a is broken")
                .satisfies(all -> assertThat(all.getSuppressed())
                        .extracting(Throwable::getMessage)
                        .containsExactly("Cannot do c", "Cannot do d"));
    }

    @Test
    void aSingleFailureIsThrownAsItIs() {
        fail("a");

        assertThatThrownBy(failures::throwAll).hasMessage("Cannot do a").hasRootCauseMessage("a is broken");
    }

    @Test
    void withoutAFailureNothingIsThrown() {
        failures.collect("a", () -> done.add("a"));

        failures.throwAll();

        assertThat(done).containsExactly("a");
    }

    @Test
    void whatConcernsAllIsThrownAtOnce() {
        for (RuntimeException forAll : List.of(
                new IncarnationEndedException(7),
                new ConnectionException(new SQLNonTransientConnectionException("gone", "08000")))) {
            assertThatThrownBy(() -> failures.collect("a", () -> {
                        throw forAll;
                    }))
                    .isSameAs(forAll);
        }
        failures.throwAll();
    }

    @Test
    void itTellsOfThoseThatWereKeptBefore() {
        fail("a");

        assertThatThrownBy(() -> failures.collect("b", () -> {
                    throw new IncarnationEndedException(7);
                }))
                .isInstanceOf(IncarnationEndedException.class)
                .satisfies(thrown -> assertThat(thrown.getSuppressed())
                        .extracting(Throwable::getMessage)
                        .containsExactly("Cannot do a"));
    }

    /** G6: the others wait meanwhile. */
    @Test
    void afterThreeThatAreLockedNoneWaits() {
        for (int i = 0; i < 3; i++) {
            assertThat(failures.lockWait()).isEqualTo(LockWait.ONCE);
            fail("a");
            failures.collect("b", () -> {
                throw new ConnectionException(new SQLException("Lock wait timeout exceeded", "HY000", 1205));
            });
        }
        assertThat(failures.lockWait()).isEqualTo(LockWait.NEVER);
        failures.collect("c", () -> done.add("c"));
        assertThat(failures.lockWait()).isEqualTo(LockWait.NEVER);
        assertThatThrownBy(failures::throwAll).hasMessageStartingWith("6 items failed");
    }

    private void fail(String item) {
        failures.collect("Cannot do " + item, () -> {
            throw new IllegalArgumentException(item + " is broken");
        });
    }
}
