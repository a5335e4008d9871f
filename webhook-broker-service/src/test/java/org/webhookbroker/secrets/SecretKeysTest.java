package org.webhookbroker.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.TestSecretKeys;

class SecretKeysTest {
    private static final Xid ID = new Xid(1, 2);
    private static final String A = TestSecretKeys.FIRST;
    private static final String B = TestSecretKeys.SECOND;

    private static SealedRow row(String keys) {
        return row(keys, "consumer", ID);
    }

    private static SealedRow row(String keys, String table, Xid id) {
        return SecretKeys.parse(keys).row(table, id, "name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"t", "enc:", "enc:72cd6e84:AAAA", "clear", "ü密😀", "a b", " ", "\u0000", "\u0001"})
    void whatIsSealedIsOpened(String clear) {
        String sealed = row(A).seal("token", clear);
        assertThat(sealed)
                .startsWith("\u0001enc:" + TestSecretKeys.ID_OF_FIRST + ":")
                .hasSizeGreaterThan(50);
        assertThat(row(A).open("token", sealed)).isEqualTo(clear);
        assertThat(row(A).isCurrent(sealed)).isTrue();
    }

    /** Whatever it looks like: a mark needs a character that no value has. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "t",
                "enc:",
                "enc:72cd6e84:AAAA",
                "enc:72cd6e84:",
                "\u0001",
                "\u0001enc",
                " \u0001enc:72cd6e84:x"
            })
    void whatIsClearIsReadAsItIs(String clear) {
        for (String keys : List.of("", A, "clear, " + A)) {
            assertThat(row(keys).open("token", clear)).isEqualTo(clear);
        }
        assertThat(row("").seal("token", clear)).isEqualTo(clear);
        assertThat(row("clear " + A).seal("token", clear)).isEqualTo(clear);
        assertThat(row(A).isCurrent(clear)).isEqualTo(clear.isEmpty());
        assertThat(row("").isCurrent(clear)).isTrue();
    }

    @Test
    void theFirstWritesAndAllRead() {
        String byA = row(A).seal("token", "t");
        String byB = row(B + "," + A).seal("token", "t");
        for (String keys : List.of(A + "," + B, B + "\n" + A + "\n", "clear, " + A + "  " + B)) {
            assertThat(row(keys).open("token", byA)).isEqualTo("t");
            assertThat(row(keys).open("token", byB)).isEqualTo("t");
        }
        assertThat(byB).doesNotContain(TestSecretKeys.ID_OF_FIRST);
        assertThat(row(B + "," + A).isCurrent(byA)).isFalse();
        assertThat(row("clear," + A).isCurrent(byA)).isFalse();
        assertThat(row("clear," + A).seal("token", "t")).isEqualTo("t");
    }

    @Test
    void aKeyThatIsMissingIsNamed() {
        String byA = row(A).seal("token", "secret");
        for (String keys : List.of("", B, "clear," + B)) {
            assertThatThrownBy(() -> row(keys).open("token", byA))
                    .isInstanceOf(SecretUnreadableException.class)
                    .hasMessage("Column token of consumer name is encrypted with key " + TestSecretKeys.ID_OF_FIRST
                            + ", which secrets.key does not have: add this key to it, behind the first");
        }
    }

    /** Else whoever may write to the database could have another row show him what he cannot decrypt. */
    @Test
    void aValueIsGoodInItsPlaceOnly() {
        String sealed = row(A).seal("token", "t");
        for (SealedRow other :
                List.of(row(A, "producer", ID), row(A, "consumer", new Xid(1, 3)), row(A, "consumer", new Xid(0, 2)))) {
            assertRefused(other, "token", sealed);
        }
        assertRefused(row(A), "callback_url", sealed);
        assertThat(row(A).open("token", sealed)).isEqualTo("t");
    }

    @Test
    void whatWasChangedIsRefused() {
        String sealed = row(A).seal("token", "secret");
        int body = sealed.lastIndexOf(':') + 1;
        byte[] bytes = Base64.getDecoder().decode(sealed.substring(body));
        for (int i = 0; i < bytes.length; i++) {
            byte[] other = bytes.clone();
            other[i] ^= 1;
            assertRefused(
                    row(A),
                    "token",
                    sealed.substring(0, body) + Base64.getEncoder().encodeToString(other));
        }
        for (String wrong : List.of("", "A", "!", "AAAA", sealed.substring(body, sealed.length() - 4))) {
            assertRefused(row(A), "token", sealed.substring(0, body) + wrong);
        }
        for (String wrong :
                List.of("\u0001enc:", "\u0001enc:72cd6e84", "\u0001enc:72cd:6e84:AAAA", "\u0001enc:72\n6e84x:AAAA")) {
            assertThatThrownBy(() -> row(A).open("token", wrong))
                    .isInstanceOf(SecretUnreadableException.class)
                    .hasMessageContaining("key (unknown)");
        }
    }

    private static void assertRefused(SealedRow row, String column, String sealed) {
        assertThatThrownBy(() -> row.open(column, sealed))
                .isInstanceOf(SecretUnreadableException.class)
                .hasMessageStartingWith("Column " + column + " of " + row.table() + " name does not fit key 72cd6e84")
                .hasMessageNotContaining("secret ")
                .hasNoCause();
    }

    @Test
    void noTwoAreAlike() {
        assertThat(row(A).seal("token", "t")).isNotEqualTo(row(A).seal("token", "t"));
    }

    /** Or it could not be told from an encrypted one later. */
    @Test
    void whatLooksSealedIsNeverStoredAsClear() {
        for (String text : List.of(SealedRow.UNREADABLE, row(A).seal("token", "t"))) {
            assertThatThrownBy(() -> row("").seal("token", text)).isInstanceOf(SecretUnreadableException.class);
            assertThatThrownBy(() -> row(A).seal("token", text)).isInstanceOf(SecretUnreadableException.class);
        }
    }

    /** The widths of migration 0013. */
    @Test
    void theLongestValuesFitTheirColumns() {
        assertThat(row(A).seal("token", "😀".repeat(255))).hasSizeLessThanOrEqualTo(1536);
        assertThat(row(A).seal("callback_url", "😀".repeat(4096))).hasSizeLessThanOrEqualTo(65_535);
        String secret = "whsk_" + "A".repeat(88);
        assertThat(row(A).seal("signing_secrets", (secret + "@12345678901 ").repeat(3)))
                .hasSizeLessThanOrEqualTo(1024);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "secret",
                "AAAA",
                "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=,clear",
                "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=,x",
                "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ==",
                "Clear"
            })
    void whatIsNoKeyIsRefusedAndNotShown(String text) {
        SecretsFactory secrets = new SecretsFactory();
        secrets.key = text;
        assertThat(secrets.isKeyUsable()).isFalse();
        assertThatThrownBy(secrets::keys)
                .hasMessage("A key is 32 bytes in standard base64")
                .hasNoCause();
    }

    @Test
    void noTextHoldsAKey() {
        SecretKeys keys = SecretKeys.parse(A + "," + B);
        assertThat(keys).hasToString("encrypted with key 72cd6e84; read too: key 75877bb4");
        assertThat(SecretKeys.parse("clear," + B)).hasToString("written in clear; read too: key 75877bb4");
        assertThat(keys.row("consumer", ID, "k")).hasToString("consumer k");
        assertThat(keys.writing().orElseThrow().toString()).doesNotContain(A);
        assertThat(SecretKeys.NONE).hasToString("written in clear");
        assertThat(TestSecretKeys.ID_OF_FIRST).matches(Pattern.compile("[0-9a-f]{8}"));
    }
}
