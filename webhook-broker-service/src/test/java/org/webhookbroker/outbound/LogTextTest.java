package org.webhookbroker.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Gr\u00fc\u00dfe aus K\u00f6ln",
                "\u0421\u0435\u0440\u0432\u0438\u0441 \u043d\u0435\u0434\u043e\u0441\u0442\u0443\u043f\u0435\u043d",
                "\u4e0d\u8a31\u53ef",
                "\u0641\u0634\u0644",
                "e\u0301",
                "\ud83d\ude00",
                "~ !\"'<>&\\"
            })
    void whatCanBePrintedStays(String text) {
        assertThat(LogText.of(text)).isEqualTo(text);
    }

    /** Unicode escapes would be read by the compiler, so the characters come as numbers. */
    @ParameterizedTest(name = "U+{0}")
    @CsvSource({
        "000a,' '",
        "000d,' '",
        "0009,' '",
        "2028,' '",
        "2029,' '",
        "00a0,' '",
        "3000,' '",
        "0000,?",
        "0007,?",
        "0008,?",
        "001b,?",
        "007f,?",
        "0085,?",
        "009b,?",
        "00ad,?",
        "200b,?",
        "200d,?",
        "200e,?",
        "200f,?",
        "202a,?",
        "202e,?",
        "2060,?",
        "2066,?",
        "2069,?",
        "061c,?",
        "feff,?",
        "e0041,?",
        "d800,?",
        "dc00,?",
        "e000,?",
        "10ffff,?",
        "0378,?",
        "3164,?",
        "2800,?"
    })
    void whatWouldShowOtherwiseThanItIsDoesNotStay(String character, String shown) {
        String text = "a" + new String(Character.toChars(Integer.parseInt(character, 16))) + "b";

        assertThat(LogText.of(text)).isEqualTo("a" + shown + "b");
    }

    /** As many characters as people count, and none cut in two. */
    @Test
    void theLimitIsOfCharacters() {
        assertThat(LogText.of("\ud83d\ude00".repeat(10), 10)).isEqualTo("\ud83d\ude00".repeat(10));
        assertThat(LogText.of("\ud83d\ude00".repeat(11), 10)).isEqualTo("\ud83d\ude00".repeat(8) + "..");
    }
}
