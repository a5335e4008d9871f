package org.webhookbroker.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.database.Xid;

class ShownTest {
    @ParameterizedTest
    @CsvSource({
        "http://host/path, http://host/path",
        "http://user:secret@host:80/path, http://***@host:80/path",
        "https://secret@host, https://***@host",
        "http://user:sec@ret@host/, http://***@host/",
        "HTTP://user:secret@[::1]:9/x?y=secret, HTTP://***@[::1]:9/x?***",
        "http://host/p?key=secret#secret, http://host/p?***",
        "http://host/p#secret?secret, http://host/p#***",
        "http://host?secret, http://host?***",
        "http://host/a@b, http://host/a@b",
        "http:user:secret@host, http:***@host",
        "//user:secret@host, //***@host",
        "http:\\\\user:secret@host, http:***@host"
    })
    void aUrlWithoutWhatMayBeASecret(String url, String shown) {
        assertThat(Shown.url(url)).isEqualTo(shown);
    }

    /** Whatever strangers choose: each column holds it, and a line of the log has at most 8000 characters of ASCII. */
    @ParameterizedTest
    @ValueSource(strings = {"a", "\u202e", "\u0007", "\"", "\ud83d\ude00", "\u00e9", "\u007f", "\\"})
    void nothingIsTooLongOrMovesACursor(String character) {
        String id = character.repeat(5000);
        Differences<Integer> differences = new Differences<>(Optional.of(1), Optional.of(2));
        for (int i = 0; i < 13; i++) {
            differences.text("field" + i, n -> n + character.repeat(4096));
        }
        AuditRecord record = new Who(id, id, id, false)
                .doing(Action.ROTATE_SECRET)
                .on(Target.consumer(id, id))
                .with(differences);
        String line = AuditLog.line(new AuditEntry(new Xid(Long.MAX_VALUE >>> 10, 1), record));
        assertThat(line).hasSizeLessThan(8000).matches("[\\x20-\\x7e]*");
        assertThat(AuditFixture.json(line).get("after").get("field12").asText()).startsWith("2");
        assertThat(record.before().length()).isLessThanOrEqualTo(2000);
        assertThat(record.target().id().codePointCount(0, record.target().id().length()))
                .isEqualTo(255);
    }

    /** The beginnings are alike. */
    @Test
    void textsThatDifferBehindTheirCutAreShownAsChanged() {
        String same = "x".repeat(3000);
        Differences<String> differences =
                new Differences<>(Optional.of(same + "a"), Optional.of(same + "b")).text("name", text -> text);
        assertThat(differences.after()).startsWith("{\"name\":\"(changed) xxx");
    }

    @Test
    void manyTexts() {
        Shown shown = new Shown();
        for (int i = 0; i < 500; i++) {
            shown.and("name" + i, "text");
        }
        assertThat(shown.json()).isEqualTo("{\"texts\":\"500\"}");
    }
}
