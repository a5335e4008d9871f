package org.webhookbroker.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.MariaDbExtension;

/** Two nodes on one database. */
final class RegistryLookupTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-24T22:20:02.123456789Z"));

    private final Registry here = new Registry(mariaDb.database());
    private final RegistryLookup lookup = new RegistryLookup(here);
    private final EntryStore<Channel> elsewhere = EntryStore.channels(
            mariaDb.database(),
            new RegistryWriter(
                    mariaDb.database(),
                    new Registry(mariaDb.database()),
                    new XidGenerator(CLOCK),
                    CLOCK,
                    new RegistryLimit(1000),
                    new AuditTrail(mariaDb.database())),
            EntryUse.none());

    @Test
    void whatAnotherNodeJustCreatedIsFound() {
        assertThat(lookup.channel("c")).isEmpty();
        Channel created = put("a", UpdateCondition.none());
        assertThat(here.current().channel("c")).isEmpty();
        assertThat(lookup.channel("c")).contains(created);
    }

    @Test
    void aTokenThatAnotherNodeJustChangedIsAccepted() {
        put("a", UpdateCondition.none());
        Channel known = lookup.channel("c").orElseThrow();
        assertThat(lookup.tokenMatches(known, "a")).isTrue();
        assertThat(lookup.tokenMatches(known, null)).isFalse();
        put("b", UpdateCondition.none());
        assertThat(lookup.tokenMatches(known, "b")).isTrue();
        assertThat(lookup.tokenMatches(known, "a")).isFalse();
    }

    @Test
    void changesWithinOneSecondGetLastModifiedOfTheirOwn() {
        Channel created = put("a", UpdateCondition.none());
        Channel changed = put("b", UpdateCondition.none());
        assertThat(created.changedAt()).isEqualTo("2026-11-24T22:20:02.123456Z");
        assertThat(changed.changedAt()).isEqualTo("2026-11-24T22:20:03Z");
        assertThat(elsewhere.find("c")).contains(changed);
    }

    @Test
    void unchangedValuesDoNotRaiseTheVersion() {
        put("a", UpdateCondition.none());
        long version = here.refresh().version();
        put("a", UpdateCondition.none());
        assertThat(here.refresh().version()).isEqualTo(version);
    }

    @Test
    void noTokenLeaksIntoText() {
        assertThat(put("secret", UpdateCondition.none()).toString()).doesNotContain("secret");
        assertThat(new EntryValues("c", "c", "secret").toString()).doesNotContain("secret");
    }

    private Channel put(String token, UpdateCondition condition) {
        return elsewhere
                .put(new EntryValues("c", "c", token), condition, Auditing.PUT)
                .entry();
    }
}
