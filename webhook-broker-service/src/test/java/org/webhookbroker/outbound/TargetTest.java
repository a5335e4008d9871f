package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
    @ParameterizedTest
    @CsvSource(delimiter = '>', quoteCharacter = '`', textBlock = """
                    http://example.com               > http://example.com       > /
                    HTTP://Example.COM:8080/A/b      > http://example.com:8080  > /A/b
                    https://example.com:/x?          > https://example.com      > /x?
                    http://my_service/hook           > http://my_service        > /hook
                    http://example.com?q=1           > http://example.com       > /?q=1
                    http://example.com#top           > http://example.com       > /
                    http://example.com/a?b#c?d       > http://example.com       > /a?b
                    http://[::1]:90/x                > http://[::1]:90          > /x
                    http://[fe80::1%eth0]/           > http://[fe80::1%eth0]    > /
                    http://u:p@example.com/x         > http://example.com       > /x
                    http://example.com//a/../b/./c   > http://example.com       > //a/../b/./c
                    http://example.com/a b?c=d|e     > http://example.com       > /a%20b?c=d%7Ce
                    http://example.com/100%/%zz%2f   > http://example.com       > /100%25/%25zz%2f
                    http://example.com/é?[0]={"}     > http://example.com       > /%C3%A9?%5B0%5D=%7B%22%7D
                    http://bücher.example/           > http://xn--bcher-kva.example > /
                    http://2852039166/               > http://2852039166        > /
                    """)
    void parsed(String url, String host, String path) throws Exception {
        Target target = Target.parse(url);

        assertThat(target.host().toURI()).isEqualTo(host);
        assertThat(target.path()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "foo:bar",
                "foo://example.com/",
                "ftp://example.com",
                "http:",
                "http://",
                "http:///path",
                "http:/a",
                "//a/b",
                "example.com",
                "http://:80/",
                "http://example.com:0/",
                "http://example.com:65536/",
                "http://example.com:x/",
                "http://exa mple.com/",
                "http://exam%70le.com/",
                "http://[::1/",
                "http://[zz]/",
                "http://[1.2.3.4]/",
                "http://::1/",
                "http://a\\b/",
                "http://u@v@/",
                "http://example.com/a\r\nX: y",
                "http://example.com/\u0000",
                "javascript:alert(1)",
                "file:///etc/passwd",
                " http://example.com/",
                "http://a@b@c:d/",
                "http://-x/",
                "jar:http://example.com/!/"
            })
    void refused(String url) {
        assertThatThrownBy(() -> Target.parse(url))
                .isInstanceOfSatisfying(
                        BadCall.class, e -> assertThat(e.outcome().reason()).isEqualTo("bad-url"));
    }

    @Test
    void hostIsWhatFollowsTheLastAt() throws Exception {
        Target target = Target.parse("http://good.example@evil.example@169.254.169.254/");

        assertThat(target.host().getHostName()).isEqualTo("169.254.169.254");
    }

    @Test
    void userInfo() throws Exception {
        assertThat(Target.parse("http://example.com").basicAuth()).isEmpty();
        assertThat(Target.parse("http://Aladdin:open%20sesame@example.com/").basicAuth())
                .isEqualTo(Optional.of("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
    }
}
