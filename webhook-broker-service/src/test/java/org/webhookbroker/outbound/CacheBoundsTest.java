package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.outbound.tls.TlsProfile;

/** What consumers' URLs, and name servers of their owners, can make the outbound client remember. */
@Tag("G8")
class CacheBoundsTest {
    private static final long MIB = 1 << 20;

    /** Each is 9 characters a letter once its path is encoded: without a bound in bytes 2,050 of them were 76 MB. */
    @ParameterizedTest
    @ValueSource(strings = {"http://example.com/%s", "http://example.com/?%s", "http://%s@example.com/"})
    void theTargetsOfLongUrls(String form) throws Exception {
        Target.Cache cache = new Target.Cache();
        String letters = "\u65e5".repeat(4000);
        long most = 0;
        for (int i = 0; i < 600; i++) {
            cache.of(form.formatted(i + letters));
            most = Math.max(most, cache.bytes());
        }
        assertThat(most).isBetween(7 * MIB, 8 * MIB);
        Target small = cache.of("http://example.com/small");
        assertThat(cache.of("http://example.com/small")).isSameAs(small);
    }

    @Test
    void theTargetsOfManyUrls() throws Exception {
        Target.Cache cache = new Target.Cache();
        for (int i = 0; i < 40_000; i++) {
            cache.of("http://host" + i + ".example/");
        }
        assertThat(cache.bytes()).isBetween(1L, 8 * MIB);
    }

    @Test
    void theRoutesOfManyConsumers() {
        for (int i = 0; i < 3 * CallRoute.MAX_KNOWN; i++) {
            CallRoute route = CallRoute.of("", "10." + i / 256 + "." + i % 256 + ".0/24");
            assertThat(route.allowed().networks()).hasSize(1);
            assertThat(CallRoute.known()).isBetween(1, CallRoute.MAX_KNOWN);
        }
        assertThat(CallRoute.of("", "10.0.0.0/8")).isSameAs(CallRoute.of("", "10.0.0.0/8"));
        assertThat(CallRoute.of("", "")).isSameAs(CallRoute.AS_CONFIGURED);
    }

    /** The JDK would keep 20,480, each with the certificates of its consumer. */
    @Test
    void theSessionsOfTls() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, null, null);
        new TlsProfile("any", context);
        assertThat(context.getClientSessionContext().getSessionCacheSize()).isEqualTo(1000);
    }

    /** Those that are not remembered are judged each time, and sent. */
    @Test
    void theNamesOfManyHeaders() throws Exception {
        for (int i = 0; i < 3 * WireRequest.MAX_KNOWN_TOKENS; i++) {
            wire("X-" + i);
            wire("X-" + i + "-" + "l".repeat(WireRequest.LONGEST_KNOWN_TOKEN));
        }
        assertThat(WireRequest.knownTokens()).isEqualTo(1000);
        assertThatThrownBy(() -> wire("X bad")).isInstanceOf(BadCall.class);
    }

    private static void wire(String header) throws BadCall {
        WireRequest.of(new Call("http://h/", Map.of(header, "v"), new byte[0], Duration.ofSeconds(1)), "agent");
    }
}
