package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import org.apache.hc.core5.http.HttpHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which proxy is taken and when none is: what the original does, which leaves it to Go. */
class ProxyRulesTest {
    private static final String NO_PROXY =
            "foobar.com, .barbaz.net, *.wildcard.io, 192.168.1.1, 192.168.1.2:81, 192.168.1.3:80,"
                    + " 10.0.0.0/30, 2001:db8::52:0:1, [2001:db8::52:0:2]:443, [2001:db8::52:0:3]:80, 2002:db8:a::45/64, Ported.org:8080,"
                    + " .sub.org:80, b\u00fccher.de,, :1, 10.0.0.0/99, http://x, *.";

    @ParameterizedTest
    @CsvSource({
        "localhost, true",
        "127.0.0.1, true",
        "127.9.9.9, true",
        "::1, true",
        "::ffff:127.0.0.1, true",
        "::2, false",
        "localhost.net, false",
        "local.localhost, false",
        "192.168.1.1, true",
        "192.168.1.2, false",
        "192.168.1.3, true",
        "192.168.1.4, false",
        "10.0.0.2, true",
        "10.0.0.4, false",
        "2001:db8::52:0:1, true",
        "2001:db8:0:0:0:52:0:1, true",
        "2001:db8::52:0:2, false",
        "2001:db8::52:0:3, true",
        "2002:db8:a::123, true",
        "fe80::424b:c8be:1643:a1b6, false",
        "1000::%foobar.com, false",
        "foobar.com, true",
        "foobar.com., true",
        "localhost., true",
        "www.foobar.com, true",
        "foofoobar.com, false",
        "foobar.com.evil.net, false",
        "barbaz.net, false",
        "www.barbaz.net, true",
        "barbarbaz.net, false",
        "wildcard.io, false",
        "nested.wildcard.io, true",
        "awildcard.io, false",
        "ported.org, false",
        "sub.org, false",
        "a.sub.org, true",
        "xn--bcher-kva.de, true",
        "www.xn--bcher-kva.de, true",
        "example.com, false"
    })
    void exceptions(String host, boolean direct) {
        assertThat(NoProxy.parse(NO_PROXY).covers(new HttpHost("http", host, 80)))
                .as(host)
                .isEqualTo(direct);
        assertThat(NoProxy.parse(NO_PROXY + ",*").covers(new HttpHost("http", host, 80)))
                .isTrue();
    }

    @Test
    void exceptionForOnePort() {
        assertThat(NoProxy.parse(NO_PROXY).covers(new HttpHost("http", "www.ported.org", 8080)))
                .isTrue();
    }

    @Test
    void schemeOfTheTargetDecides() {
        HttpProxy plain = HttpProxy.parse("plain.test");
        HttpProxy secure = HttpProxy.parse("secure.test");
        HttpHost http = new HttpHost("http", "a.test", 80);
        HttpHost https = new HttpHost("https", "a.test", 443);

        Proxies both = new Proxies(plain, secure, NoProxy.parse(""));
        assertThat(both.of(http)).contains(Objects.requireNonNull(plain));
        assertThat(both.of(https)).contains(Objects.requireNonNull(secure));
        assertThat(new Proxies(plain, null, NoProxy.parse("")).of(https)).isEmpty();
        assertThat(new Proxies(plain, secure, NoProxy.parse("a.test:80")).of(http))
                .isEmpty();
        assertThat(new Proxies(plain, secure, NoProxy.parse("a.test:80")).of(https))
                .isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, http://localhost:80",
        "127.0.0.1:8080, http://127.0.0.1:8080",
        "cache.corp.example.com:1234, http://cache.corp.example.com:1234",
        "HTTP://Cache.example.com, http://cache.example.com:80",
        "http://cache.example.com:3128/, http://cache.example.com:3128",
        "user:secret@cache:3128, http://cache:3128",
        "http://user:sec@ret@cache:3128, http://cache:3128",
        "' http://[2001:db8::1]:3128 ', 'http://[2001:db8::1]:3128'"
    })
    void forms(String text, String understood) {
        assertThat(HttpProxy.parse(text)).hasToString(understood);
    }

    @Test
    void emptyIsNone() {
        assertThat(HttpProxy.parse("")).isNull();
        assertThat(HttpProxy.parse(" ")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://user:secret@proxy:3128",
                "socks5://user:secret@proxy",
                "http://user:secret@pro xy",
                "http://user:secret@proxy:99999",
                "http://user:secret@",
                "http://us%3Aer:secret@proxy",
                "user:sec\nret@proxy:x"
            })
    void wrong(String text) {
        assertThatThrownBy(() -> HttpProxy.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("***@")
                .hasMessageContaining("Write http://host:port")
                .hasMessageNotContainingAny("secret", "ret@");
    }
}
