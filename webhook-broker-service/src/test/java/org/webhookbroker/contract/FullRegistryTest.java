package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.testing.Answer;

/** A registry that the teams of {@link KeyedBroker} fill: how much others have in it is for those who may read all. */
final class FullRegistryTest {
    @RegisterExtension
    static final KeyedBroker keyed = new KeyedBroker("registry.maxEntries=8");

    private static final String WITHOUT_NUMBERS =
            "Bad Request: the registry has as much as `registry.maxEntries` allows: remove some, ";

    @Test
    void tellsItsEntriesToReadersAlone() {
        for (String path : new String[] {"/producer/mine-x", "/channel/mine-x", "/channel/mine/consumer/x"}) {
            String form = "callbackUrl=http://host/";
            Answer told = keyed.as("register").put(path, form);
            assertThat(told.status()).as(path).isEqualTo(400);
            assertThat(told.body()).isEqualTo(WITHOUT_NUMBERS + "or raise it");
            assertThat(keyed.as("admin").put(path, form).body()).contains("the registry has 8 producers");
        }
    }

    @Test
    void tellsItsCharactersToReadersAlone() {
        String large = "type=pull&callbackUrl=http://host/" + "u".repeat(4000);
        assertThat(changed("register", "pull", large).status()).isEqualTo(200);
        Answer told = changed("register", "push", large);
        assertThat(told.status()).isEqualTo(400);
        assertThat(told.body()).isEqualTo(WITHOUT_NUMBERS + "shorten them, or raise it");
        assertThat(changed("admin", "push", large).body()).containsPattern("of the registry have [0-9]{4} characters");
    }

    private static Answer changed(String role, String consumer, String form) {
        String path = "/channel/mine/consumer/" + consumer;
        String since = "If-Unmodified-Since: " + keyed.as("read").get(path).header("Last-Modified");
        return keyed.as(role).form("PATCH " + path, form, since);
    }
}
