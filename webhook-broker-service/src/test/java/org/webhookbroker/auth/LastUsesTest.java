package org.webhookbroker.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.XidGenerator;
import org.webhookbroker.testing.Auditing;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Outage;
import org.webhookbroker.testing.SettableClock;

class LastUsesTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    private final KeyStore store = new KeyStore(mariaDb.database());
    private final LastUses here = new LastUses(store);
    private final LastUses elsewhere = new LastUses(store);
    private final XidGenerator ids = new XidGenerator(InstantSource.system());
    private ApiKey key;

    @BeforeEach
    void make() {
        key = store("a");
    }

    private ApiKey store(String name) {
        ApiKey made =
                new ApiKey(ids.next(), name, Role.READ, ChannelScope.ALL, Optional.empty(), NOON, Optional.empty());
        store.add(new StoredKey(made, KeyText.hash(name), "abcd", Optional.empty()), Auditing.TEST);
        return made;
    }

    private Optional<Instant> lastUse(ApiKey of) {
        return store.all().all().stream()
                .filter(each -> each.key().equals(of))
                .findFirst()
                .flatMap(StoredKey::lastUsedAt);
    }

    @Test
    void aUseIsWrittenWithTheNextPassAndNotBefore() {
        ApiKey other = store("b");
        here.used(key, NOON);
        here.used(key, NOON.plusSeconds(59));
        assertThat(lastUse(key)).isEmpty();
        here.write();
        assertThat(lastUse(key)).contains(NOON.plusSeconds(59));
        assertThat(lastUse(other)).isEmpty();
    }

    @Test
    void anEarlierUseDoesNotReplaceALaterOne() {
        here.used(key, NOON);
        elsewhere.used(key, NOON.plusSeconds(30));
        elsewhere.write();
        here.write();
        assertThat(lastUse(key)).contains(NOON.plusSeconds(30));
    }

    @Test
    void whatCouldNotBeWrittenIsWrittenLater() {
        here.used(key, NOON);
        try (Outage full = mariaDb.fill("UPDATE", List.of("api_key"))) {
            assertThat(full).isNotNull();
            assertThatThrownBy(here::write).hasMessageContaining("full");
        }
        here.write();
        assertThat(lastUse(key)).contains(NOON);
    }

    @Test
    void whatIsWrittenIsNotWrittenAgain() {
        here.used(key, NOON);
        here.write();
        mariaDb.sql().execute("UPDATE api_key SET last_used_at = NULL");
        here.write();
        assertThat(lastUse(key)).isEmpty();
    }

    @Test
    void aKeyThatWasRevokedMeanwhileStopsNothing() {
        ApiKey other = store("b");
        here.used(key, NOON);
        here.used(other, NOON);
        store.remove(key.id(), Auditing.TEST);
        here.write();
        assertThat(lastUse(other)).contains(NOON);
    }

    /** The keys of the nodes are not told of it: nothing was made or revoked. */
    @Test
    void aUseIsNoChange() {
        long before = store.version();
        here.used(key, NOON);
        here.write();
        assertThat(store.version()).isEqualTo(before);
    }

    @Test
    void whateverIsFoundIsNoted() {
        SettableClock clock = new SettableClock();
        KeyRing ring = new KeyRing(store, here, clock, System::nanoTime);
        Map<String, Boolean> found = Map.of("a", true, "b", false);
        found.forEach((text, isKey) -> assertThat(ring.find(text).isPresent()).isEqualTo(isKey));
        here.write();
        assertThat(lastUse(key))
                .hasValueSatisfying(
                        at -> assertThat(at).isBetween(Instant.now().minus(Duration.ofMinutes(1)), Instant.now()));
    }
}
