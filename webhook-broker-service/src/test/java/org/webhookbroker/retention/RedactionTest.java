package org.webhookbroker.retention;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.webhookbroker.audit.AuditTrail;
import org.webhookbroker.message.Content;
import org.webhookbroker.testing.MariaDbExtension;

/** Archives are kept for years, by many: they hold no credentials. */
class RedactionTest extends PruneFixture {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Override
    MariaDbExtension mariaDb() {
        return mariaDb;
    }

    private String archived(Map<String, String> headers, List<String> redacted) throws Exception {
        byte[] payload = "x".getBytes(StandardCharsets.UTF_8);
        old.message(channel, producer, "m", new Content("text/plain", 0, headers, payload), delivered());
        prune(settings.pruner(database, registry, InstantSource.system(), new AuditTrail(database), redacted));
        String text = Files.readString(onlyFile());
        Files.delete(onlyFile());
        return text.replaceAll("\"(ID|UpdatedAt|StatusChangedAt)\":\"[^\"]*\"", "");
    }

    @Test
    void headersThatAreNamedAreLeftOutInAnyLetterCase() throws Exception {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("AUTHORIZATION", "secret");
        headers.put("X-Trace", "t");
        headers.put("cOOkie", "secret");
        headers.put("Cookies", "c");
        String line = archived(headers, REDACTED);
        assertThat(line)
                .doesNotContain("secret")
                .contains("\"Headers\":{\"Cookies\":\"c\",\"X-Trace\":\"t\"}")
                .isEqualTo(archived(Map.of(), REDACTED)
                        .replace("\"Headers\":{}", "\"Headers\":{\"Cookies\":\"c\",\"X-Trace\":\"t\"}"));
        assertThat(archived(headers, List.of())).contains("\"AUTHORIZATION\":\"secret\"", "\"cOOkie\":\"secret\"");
        assertThat(archived(headers, List.of("X-TRACE")))
                .doesNotContain("X-Trace")
                .contains("secret");
    }

    /** What there is nothing to leave out of is the same by the byte. */
    @Test
    void whatHasNoSuchHeaderIsAsItWas() throws Exception {
        Map<String, String> headers = Map.of("X-Trace", "t");
        assertThat(archived(headers, REDACTED)).isEqualTo(archived(headers, List.of()));
    }

    @Test
    void credentialsInACallbackUrlAreLeftOut() throws Exception {
        sql.execute("UPDATE consumer SET callback_url = 'http://user:p@ss@host:81/a@b?c=d@e#f@g'");
        sql.execute("UPDATE registry_version SET version = version + 1");
        old.message(channel, producer, "m", "x", delivered());
        prune();
        JsonNode job = lines(onlyFile()).get(0).path("jobs").get(0);
        assertThat(job.path("Listener").path("CallbackURL").asText()).isEqualTo("http://host:81/a@b?c=d@e#f@g");
    }

    @ParameterizedTest
    @CsvSource({
        "http://u@h, http://h",
        "http://u:p@[::1]:80/x, http://[::1]:80/x",
        "http://@h/, http://h/",
        "HTTPS://u:p@h?x, HTTPS://h?x",
        "http://h/u:p@x, http://h/u:p@x",
        "http://h?u@x, http://h?u@x",
        "mailto:u@h, mailto:u@h",
        "'', ''"
    })
    void onlyCredentialsAreLeftOut(String url, String shown) {
        assertThat(Redaction.withoutCredentials(url)).isEqualTo(shown);
    }
}
