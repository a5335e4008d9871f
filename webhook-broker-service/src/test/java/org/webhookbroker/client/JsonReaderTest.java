package org.webhookbroker.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                " true\r\n",
                "-0.5e+3",
                "0",
                "\"\"",
                "[ ]",
                "{ }",
                "[1,[2,{\"a\":[]}],\"x\"]",
                "{\"a\" : \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00 ü \", \"\":false}"
            })
    void whatIsJsonIsReadAsByALibrary(String json) throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        Object ours = JsonReader.read(bytes(json));
        assertThat(mapper.readTree(mapper.writeValueAsString(ours)).toString().replace(".0", ""))
                .isEqualTo(mapper.readTree(json).toString().replace(".0", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "nul",
                "nullx",
                "True",
                "+1",
                "01",
                "1.",
                ".5",
                "1e",
                "--1",
                "0x1",
                "NaN",
                "Infinity",
                "٣",
                "'a'",
                "\"a",
                "\"\\x\"",
                "\"\\u12g4\"",
                "\"\\u123\"",
                "\"\\u٣٣٣٣\"",
                "\"\n\"",
                "\"a\\n\n\"",
                "[1,]",
                "[,1]",
                "[1 2]",
                "[",
                "]",
                "{\"a\"}",
                "{\"a\":}",
                "{a:1}",
                "{\"a\":1,}",
                "{\"a\":1,\"a\":2}",
                "{1:2}",
                "{",
                "1 2",
                "[] x",
                "// x\n1",
                "\ufeff1",
                "\"\\"
            })
    void whatIsNoJsonIsRefused(String text) {
        assertThatThrownBy(() -> JsonReader.read(bytes(text))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsNoUtf8IsRefused() {
        for (int octet : new int[] {0x80, 0xc0, 0xff}) {
            assertThatThrownBy(() -> JsonReader.read(new byte[] {'"', (byte) octet, '"'}))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** Where every value, level or digit would cost memory, stack or time. */
    @Test
    void depthValuesAndDigitsAreBounded() {
        assertThat(JsonReader.read(bytes("[".repeat(17) + "]".repeat(17)))).isInstanceOf(List.class);
        for (String text : List.of(
                "[".repeat(18) + "]".repeat(18),
                "[".repeat(10_000_000),
                "{\"a\":".repeat(1_000_000),
                "[" + "1,".repeat(100_000) + "1]",
                "1".repeat(65),
                "1".repeat(10_000_000))) {
            assertThatThrownBy(() -> JsonReader.read(bytes(text))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void noExceptionShowsWhatWasRead() {
        Random random = new Random(5);
        byte[] json = bytes("{\"Result\":[{\"secret\":\"secret\\u00e9\",\"a\":[1,2.5,true,null]}]}");
        for (int i = 0; i < 20_000; i++) {
            byte[] broken = json.clone();
            broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            try {
                JsonObject.read(broken).objects("Result").forEach(object -> object.number("secret"));
            } catch (IllegalArgumentException expected) {
                assertThat(expected.getMessage().replace("`secret` is missing", ""))
                        .doesNotContain("secret");
            }
        }
    }

    @Test
    void aFieldOfAnotherTypeIsRefused() {
        JsonObject object = JsonObject.read(
                bytes("{\"s\":\"x\",\"n\":1.5,\"b\":true,\"o\":{\"k\":1},\"l\":[1],\"big\":1e300,\"nil\":null}"));
        assertThat(object.stringOrNull("nil")).isNull();
        for (Runnable read : List.<Runnable>of(
                () -> object.string("n"),
                () -> object.string("none"),
                () -> object.number("n"),
                () -> object.number("big"),
                () -> object.flag("s"),
                () -> object.object("l"),
                () -> object.objects("l"),
                () -> object.objects("s"),
                () -> object.strings("o"),
                () -> JsonObject.read(bytes("[]")))) {
            assertThatThrownBy(read::run).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void whatIsQuotedIsReadAsItWas() {
        StringBuilder all = new StringBuilder();
        for (int c = 0; c < 0x10000; c++) {
            all.append((char) c);
        }
        String json = JsonObject.quoted(all.toString());
        assertThat(JsonReader.read(bytes("{\"a\":" + json + "}"))).isEqualTo(Map.of("a", all.toString()));
    }
}
