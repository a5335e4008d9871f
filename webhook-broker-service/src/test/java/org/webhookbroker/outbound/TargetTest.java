package org.webhookbroker.outbound;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.Objects;
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
                    http://BÜCHER.example/           > http://xn--bcher-kva.example > /
                    http://example.com./             > http://example.com.      > /
                    http://[fe80::1%25eth0]/         > http://[fe80::1%eth0]    > /
                    http://[::FFFF:127.0.0.1]:90/    > http://[0:0:0:0:0:ffff:7f00:1]:90 > /
                    http://[64:ff9b::1.2.3.4]/       > http://[64:ff9b:0:0:0:0:102:304] > /
                    http://[1:2:3:4:5:6:7::]/        > http://[1:2:3:4:5:6:7:0] > /
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
                "jar:http://example.com/!/",
                "http://a..b/",
                "http://example.com../",
                "http://.example.com/",
                "http://[::1%]/",
                "http://[::ffff:1.2.3.400]/"
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

    @ParameterizedTest
    @CsvSource({
        "http://[::ffff:127.0.0.1]:9000/, [::ffff:127.0.0.1]:9000",
        "http://[::FFFF:7F00:1]/, ''",
        "http://[64:ff9b::1.2.3.4]/, [64:ff9b::1.2.3.4]",
        "http://[1:2:3:4:5:6:7::]/, [1:2:3:4:5:6:7::]",
        "http://[fe80::1%eth0]:90/, [fe80::1]:90",
        "http://[fe80::1%25br-1.100]/, [fe80::1]",
        "http://[::1]/, ''",
        "http://example.com./, ''",
    })
    void hostHeaderThatHttpClientWouldNotMake(String url, String authority) throws Exception {
        assertThat(Target.parse(url).authority().map(Object::toString).orElse(""))
                .isEqualTo(authority);
    }

    @ParameterizedTest
    @CsvSource({
        "Aladdin:open%20sesame, Aladdin:open sesame",
        "user, user:",
        "user:, user:",
        ":p, :p",
        "u:p:q, u:p:q",
        "u:100%, u:100%",
        "u:%2, u:%2",
        "u:%zz, u:%zz",
        "u%40x:p%3A, u@x:p:",
        "u+:p, u+:p",
        // What is meant by these bytes only the consumer knows.
        "\u00fc:\u00df, \u00c3\u00bc:\u00c3\u009f",
        "%C3%BC:\u00df, \u00c3\u00bc:\u00c3\u009f",
        "u%FF:p%FE, u\u00ff:p\u00fe",
        "u%ff%C3:\u65e5, u\u00ff\u00c3:\u00e6\u0097\u00a5",
        "\ud83d\ude00:%00, '\u00f0\u009f\u0098\u0080:\u0000'",
    })
    void credentialsAreTheBytesThatTheUrlHas(String userInfo, String bytes) throws Exception {
        String expected = "Basic " + Base64.getEncoder().encodeToString(bytes.getBytes(ISO_8859_1));
        assertThat(Target.parse("http://" + userInfo + "@example.com/").basicAuth())
                .contains(expected);
        assertThat(Objects.requireNonNull(HttpProxy.parse(userInfo + "@proxy:3128"))
                        .basicAuth())
                .contains(expected);
    }

    @Test
    void noUserInfo() throws Exception {
        assertThat(Target.parse("http://example.com").basicAuth()).isEmpty();
    }
}
