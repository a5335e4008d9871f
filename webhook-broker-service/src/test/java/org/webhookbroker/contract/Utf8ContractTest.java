package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.testing.Answer;

/** Text is UTF-8 or refused: no byte is guessed or replaced. A character below stands for the byte of its number. */
@Tag("G12")
final class Utf8ContractTest {
    @RegisterExtension
    static final ContractBroker contract = new ContractBroker();

    /** Latin-1, overlong, a surrogate, beyond the last character, cut off, and the first ones escaped. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "geh\u00e4use",
                "\u00c0\u00af",
                "\u00e0\u0080\u00af",
                "\u00ed\u00a0\u0080",
                "\u00f4\u0090\u0080\u0080",
                "\u00c3",
                "%E4",
                "%C0%AF",
                "%ED%A0%80"
            })
    void otherBytesAreRefusedWhereverTheyCome(String bytes) {
        String channel = contract.channel();
        String consumer = contract.pull(channel, "k");
        assertThat(form("/producer/p9", "token=" + bytes).status()).isEqualTo(400);
        assertThat(form("/producer/p9", "token=t&name=" + bytes).status()).isEqualTo(400);
        assertThat(form("/producer/p9", "token=t&" + bytes + "=x").status()).isEqualTo(400);
        assertThat(contract.client().get("/producer/p9").status()).isEqualTo(404);
        assertThat(raw("GET /producer/" + bytes, "").status()).isEqualTo(400);
        if (!bytes.startsWith("%")) {
            assertThat(raw("POST " + consumer + "/jobs/settle", "{\"Acks\":[\"" + bytes + "\"]}")
                            .status())
                    .isEqualTo(400);
            assertThat(raw("POST " + consumer + "/jobs/lease", "{\"" + bytes + "\":1}")
                            .body())
                    .isEqualTo("Bad Request: a JSON body must be in UTF-8");
        }
        // A filter that cannot be read is no filter (contract 7.2), so this is as without it.
        assertThat(raw("GET /producers?next=" + bytes, "").body())
                .isEqualTo(raw("GET /producers", "").body());
    }

    @Test
    void whatIsUtf8Passes() {
        for (String bytes : new String[] {"geh\u00c3\u00a4use", "\u00f0\u009f\u0098\u0080", "\u00ef\u00bf\u00bd"}) {
            String path = "/producer/" + Integer.toHexString(bytes.hashCode());
            assertThat(form(path, "token=" + bytes).status()).isEqualTo(200);
        }
        assertThat(raw("GET /producer/geh\u00c3\u00a4use", "").status()).isEqualTo(404);
    }

    /** It goes in a header, which loses them: with such a token nothing could ever be sent. */
    @ParameterizedTest
    @ValueSource(strings = {"%20a", "a%20", "+a", "a+", "+", "%C2%A0a", "a%E3%80%80", "%09a", "a%00b", "a%0Ab"})
    void aTokenHasNoOuterBlanksAndNoControls(String token) {
        String channel = contract.channel();
        String callback = "&callbackUrl=http://consumer.test/";
        for (String path : new String[] {"/producer/p9", "/channel/c99", channel + "/consumer/k"}) {
            assertThat(form(path, "token=" + token + callback).status())
                    .as(path)
                    .isEqualTo(400);
            assertThat(contract.client().get(path).status()).isEqualTo(404);
        }
    }

    @Test
    void aTokenMayHaveInnerBlanks() {
        contract.channel();
        assertThat(form("/channel/blanks", "token=a+b").status()).isEqualTo(200);
        Answer answer = contract.client()
                .send(
                        "POST /channel/blanks/broadcast",
                        "x",
                        "X-Broker-Channel-Token: a b",
                        "X-Broker-Producer-ID: p1",
                        "X-Broker-Producer-Token: pt");
        assertThat(answer.status()).isEqualTo(201);
    }

    private static Answer form(String path, String form) {
        return raw("PUT " + path, form, "Content-Type: application/x-www-form-urlencoded");
    }

    /** One byte for each character. */
    private static Answer raw(String line, String body, String... headers) {
        String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        return contract.client()
                .raw(line + " HTTP/1.1\r\nHost: b\r\nConnection: close\r\n"
                        + String.join("\r\n", ContractBroker.TOKENS) + "\r\n" + more
                        + (body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n") + "\r\n" + body);
    }
}
