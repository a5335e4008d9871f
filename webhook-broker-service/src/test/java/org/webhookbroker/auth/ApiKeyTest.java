package org.webhookbroker.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.webhookbroker.database.XidGenerator;

class ApiKeyTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    private static ApiKey key(Role role, String channels) {
        return new ApiKey(
                new XidGenerator(InstantSource.system()).next(),
                "k",
                role,
                new ChannelScope(channels),
                Optional.empty(),
                NOON,
                Optional.of(NOON.plusSeconds(1)));
    }

    @ParameterizedTest
    @CsvSource({
        "admin, admin operate read register broadcast consume",
        "operate, operate read",
        "read, read",
        "register, register",
        "broadcast, broadcast",
        "consume, consume"
    })
    void aRoleIncludes(String name, String included) {
        ApiKey key = key(Role.parse(name).orElseThrow(), "*");
        assertThat(Role.values())
                .filteredOn(key::may)
                .extracting(Role::wireName)
                .containsExactly(included.split(" "));
    }

    @ParameterizedTest
    @CsvSource({
        "*, orders, true",
        "orders, orders, true",
        "orders, Orders, false",
        "orders, orders-eu, false",
        "orders, order, false",
        "orders, 'orders ', false",
        "orders-*, orders-eu, true",
        "orders-*, orders-, true",
        "orders-*, orders, false",
        "orders-*, Orders-eu, false",
        "orders-*, xorders-eu, false",
        "orders-*, 'orders-*', true"
    })
    void aScopeCovers(String channels, String id, boolean covered) {
        assertThat(key(Role.CONSUME, channels).channels().covers(id)).isEqualTo(covered);
    }

    @Test
    void aKeyMaySendAsItsProducerOrAsAny() {
        ApiKey any = key(Role.BROADCAST, "*");
        ApiKey shop = new ApiKey(
                any.id(), "k", Role.BROADCAST, ChannelScope.ALL, Optional.of("shop"), NOON, Optional.empty());
        assertThat(any.maySendAs("whoever")).isTrue();
        assertThat(shop.maySendAs("shop")).isTrue();
        assertThat(shop.maySendAs("Shop")).isFalse();
        assertThat(shop.maySendAs("")).isFalse();
    }

    @Test
    void itHasEndedAtItsEnd() {
        assertThat(key(Role.READ, "*").hasEnded(NOON)).isFalse();
        assertThat(key(Role.READ, "*").hasEnded(NOON.plusMillis(999))).isFalse();
        assertThat(key(Role.READ, "*").hasEnded(NOON.plusSeconds(1))).isTrue();
    }
}
