package org.webhookbroker.seed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.DefaultConfigurationFactoryFactory;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeedFactoryTest {
    private static final byte[] SALT = {1, 2, 3};

    @Test
    void nothingByDefault() throws Exception {
        SeedFactory seed = read("{}");

        assertThat(seed.producers).isEmpty();
        assertThat(seed.channels).isEmpty();
        assertThat(seed.consumers).isEmpty();
    }

    @Test
    void everySetting() throws Exception {
        SeedFactory seed = read("""
                producers: [{id: shop, name: Shop, token: "0123"}]
                channels:
                  - id: orders
                consumers:
                  - {id: billing, name: Bill, channel: orders, callbackUrl: "http://b/h", token: t, type: pull, maxRetries: 3,
                     retryDelays: "5,30", unreachableFor: 3600}
                  - {id: shipping, channel: orders, callbackUrl: "http://s/h", retryDelays: "5,30"}
                """);

        assertThat(seed.producers).containsExactly(new SeedEntry("shop", "Shop", "0123"));
        assertThat(seed.channels).containsExactly(new SeedEntry("orders", "", ""));
        assertThat(seed.consumers.get(0).texts())
                .isEqualTo(List.of("billing", "orders", "Bill", "t", "http://b/h", "pull", "3", "5,30", "3600"));
        assertThat(seed.consumers.get(1).texts())
                .isEqualTo(List.of("shipping", "orders", "", "", "http://s/h", "", "", "5,30"));
        assertThat(seed.producers).hasToString("[SeedEntry shop]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            producers: [{id: a, secret: tops3cret}] | secret
            consumers: [{id: a, url: x}]            | url
            producers: [{id: a, token: 0123}]       | producers.[0].token; this is no text; put it in quotes
            consumers: [{id: 7}]                    | consumers.[0].id; this is no text; put it in quotes
            channels: [null]                        | channels[0]
            channels: ~                             | channels
            """)
    void namesWhatDoesNotFit(String yaml, String name) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(name)
                .hasMessageNotContaining("tops3cret");
    }

    /** Each of these differs from the others in one place, or only in where a text ends. */
    @Test
    void anyChangeChangesTheFingerprint() throws Exception {
        List<String> sets = List.of(
                "{}",
                "producers: [{id: ab, name: c}]",
                "producers: [{id: a, name: bc}]",
                "producers: [{id: ab, token: c}]",
                "channels: [{id: ab, name: c}]",
                "channels: [{id: ab}, {id: c}]",
                "channels: [{id: c}, {id: ab}]",
                "consumers: [{id: a}]",
                "consumers: [{id: a, channel: c}]",
                "consumers: [{id: a, callbackUrl: c}]",
                "consumers: [{id: a, type: c}]",
                "consumers: [{id: a, maxRetries: c}]",
                "consumers: [{id: a, retryDelays: c}]");
        Set<String> hashes = new HashSet<>();
        for (String set : sets) {
            byte[] fingerprint = read(set).fingerprint(SALT);
            assertThat(fingerprint).hasSize(32).isEqualTo(read(set).fingerprint(SALT));
            hashes.add(new AppState(3, SALT, fingerprint).dataHash());
        }
        assertThat(hashes).hasSameSizeAs(sets);
        assertThat(read("{}").fingerprint(new byte[] {9}))
                .isNotEqualTo(read("{}").fingerprint(SALT));
    }

    static SeedFactory read(String yaml) throws IOException, ConfigurationException {
        return new DefaultConfigurationFactoryFactory<SeedFactory>()
                .create(SeedFactory.class, Validators.newValidator(), Jackson.newObjectMapper(), "dw")
                .build(path -> new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), "config.yml");
    }
}
