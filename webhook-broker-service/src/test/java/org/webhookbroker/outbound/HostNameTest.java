package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names beyond ASCII are called as UTS 46 (non-transitional) maps them, or refused. Expected names are those of its tables. */
class HostNameTest {
    @ParameterizedTest
    @CsvSource({
        "example.com, example.com",
        "EXAMPLE.com., example.com.",
        "my_svc, my_svc",
        "xn--fa-hia.test, xn--fa-hia.test",
        "XN--FA-HIA.test, xn--fa-hia.test",
        "xn--3xa.test, xn--3xa.test",
        "b\u00fccher.example, xn--bcher-kva.example",
        "B\u00dcCHER.Example, xn--bcher-kva.example",
        "bu\u0308cher.example, xn--bcher-kva.example",
        "BU\u0308CHER.example., xn--bcher-kva.example.",
        "b\u00fccher\u3002example, xn--bcher-kva.example",
        "b\u00fccher\uff0eexample\uff61com, xn--bcher-kva.example.com",
        "\uff22\u00fccher.\uff45xample, xn--bcher-kva.example",
        "\uff45xample\uff0ecom, example.com",
        "\u65e5\u672c\u8a9e.test, xn--wgv71a119e.test",
        "\uff76\uff9e.test, xn--mck.test",
        "\u043f\u0440\u0438\u043c\u0435\u0440.test, xn--e1afmkfd.test",
        "\u041f\u0420\u0418\u041c\u0415\u0420.test, xn--e1afmkfd.test",
        "\u0645\u062b\u0627\u0644.test, xn--mgbh0fb.test",
        "\u05d3\u05d5\u05d2\u05de\u05d4.test, xn--6dbbec0c.test",
        "\u0909\u0926\u093e\u0939\u0930\u0923.test, xn--p1b6ci4b4b3a.test",
        "\u03a3\u0391.test, xn--mxa9a.test",
        "\u03c3\u03b1.test, xn--mxa9a.test",
        "\u212bngstr\u00f6m.test, xn--ngstrm-hua5l.test",
        "\ufb01n.test, fin.test"
    })
    void called(String written, String name) throws Exception {
        assertThat(HostName.ascii(written)).isEqualTo(name);
        assertThat(HostName.wrongIn("http://" + written + "/")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fa\u00df.test", // ss in 2003
                "FA\u00df.test",
                "fa\u1e9e.test", // the capital of it
                "www.fa\u00df.test",
                "\u03b2\u03cc\u03bb\u03bf\u03c2.test", // a final sigma
                "a\u200db.test", // joiners, which 2003 leaves out
                "a\u200cb.test",
                "\u0915\u094d\u200d\u0937.test",
                "b\u00fc\u00adcher.test", // characters that cannot be seen
                "b\u00fc\u200bcher.test",
                "b\u00fc\u034fcher.test",
                "b\u00fc\ufe0fcher.test",
                "\u2060b\u00fccher.test",
                "\u202eb\u00fccher.test",
                "a\u05d0.test", // both directions
                "\u2615.test", // symbols
                "\ud83d\ude00.test",
                "\u2764\ufe0f.test",
                "\ud83d\udc68\u200d\ud83d\udc69.test",
                "\u2460.test",
                "\u2488com.test", // one label or two?
                "\u2100.test",
                "b\u00fccher\uff0fx.test",
                "b\u00fccher\uff1a80",
                "b\u00fccher\uff20x.test",
                "l\u00b7l.test",
                "\u023a.test", // letters that have come after 2003
                "\u10c0.test",
                "\u13a0.test",
                "\u04c0.test",
                "a\u0345.test",
                "\u1806a.test",
                "\u0130.test",
                "\ud87e\udc68.test",
                "\ufffd.test",
                "b\u00fc\u00a0cher.test"
            })
    void refused(String written) {
        assertThatThrownBy(() -> HostName.ascii(written))
                .isInstanceOfSatisfying(
                        BadCall.class, bad -> assertThat(bad.outcome().reason()).isEqualTo("bad-url"));
        assertThat(HostName.wrongIn("https://user@" + written + ":8443/hook?a=b"))
                .hasValueSatisfying(text -> assertThat(text).startsWith("`callbackUrl`: The host of the callback"));
    }

    @Test
    void theWayOutIsNamed() {
        assertThat(HostName.wrongIn("http://fa\u00df.test/"))
                .hasValueSatisfying(text -> assertThat(text).contains("write it as xn--..."));
    }

    /** Contract 3.3 lets them be stored. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "foo:bar",
                "http://-x/",
                "ftp://fa\u00df.test/",
                "http://a..b/",
                "http://example.com/fa\u00df",
                "http://u\u00df@x/"
            })
    void othersAreNotJudgedHere(String url) {
        assertThat(HostName.wrongIn(url)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a..b", "a..", ".a", "-a", "a b", "", "a%62", "a/b"})
    void noNames(String written) {
        assertThatThrownBy(() -> HostName.ascii(written)).isInstanceOf(BadCall.class);
    }
}
