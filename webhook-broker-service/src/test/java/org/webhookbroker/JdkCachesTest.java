package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.Security;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the JDK would remember without a bound. */
@Tag("G8")
final class JdkCachesTest {
    @Test
    void itRemembersNoAddresses() throws Exception {
        List<String> names = List.of("networkaddress.cache.ttl", "networkaddress.cache.negative.ttl");
        List<String> before = names.stream()
                .map(name -> String.valueOf(Security.getProperty(name)))
                .toList();
        Locale locale = Locale.getDefault();
        try {
            names.forEach(name -> Security.setProperty(name, "10"));
            BrokerApplication.main(new String[] {"--help"});
            assertThat(names).allMatch(name -> "0".equals(Security.getProperty(name)));
        } finally {
            Locale.setDefault(locale);
            for (int i = 0; i < names.size(); i++) {
                Security.setProperty(names.get(i), before.get(i).equals("null") ? "30" : before.get(i));
            }
        }
    }
}
