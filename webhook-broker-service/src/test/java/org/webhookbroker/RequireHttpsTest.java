package org.webhookbroker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.ConsumerServer;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.TestAuthority;

/** The whole broker with {@code outbound.requireHttps}, and with a profile of TLS that its consumers name and it no longer has. */
@Tag("slow")
class RequireHttpsTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final String[] QUICK = {"retry.delays[0]=10ms", "dispatch.longestProbe=1s"};

    @TempDir
    Path folder;

    private final ConsumerServer consumer = ConsumerServer.start();

    @Test
    void jobsWaitUntilTheConfigurationFitsAgain() throws Exception {
        try (LocalBroker broker = withProfile("bank")) {
            broker.api().register("c", "plain", consumer.url("/plain"));
            assertThat(put(broker, "bank", consumer.url("/bank"), "&tlsProfile=bank")
                            .field("TlsProfile"))
                    .isEqualTo("bank");
        }
        mariaDb.sql().execute("UPDATE consumer SET callback_url = REPLACE(callback_url, 'http:', 'HtTp:')");
        try (LocalBroker broker = withProfile("other", "outbound.requireHttps=true")) {
            put(broker, "https", "https://localhost:1/", "");
            assertThat(broker.api().broadcast("c", "m", "hello").join()).isEqualTo(201);

            await().until(() -> mariaDb.sql().count("job", "unreachable_since IS NOT NULL") == 3);
            assertThat(broker.admin().post("/tasks/why?channel=c&message=m"))
                    .contains(
                            "no-https: The callback is called by http, and outbound.requireHttps forbids it",
                            "connect: The connection to localhost:1 was refused");
            assertThat(mariaDb.sql().count("job", "attempts > 0")).isZero();
        }
        try (LocalBroker broker = withProfile("other")) {
            await().until(() -> mariaDb.sql().count("delivered_job") == 1);
            await().until(
                            () -> broker.admin().post("/tasks/why?channel=c&message=m"),
                            why -> why.contains("tls-profile: The configuration of this node has no TLS profile bank"));
            assertThat(consumer.requests("/bank")).isEmpty();
        }
        try (LocalBroker broker = withProfile("bank")) {
            await().until(() -> mariaDb.sql().count("delivered_job") == 2);
            assertThat(consumer.requests("/bank")).hasSize(1);
            assertThat(consumer.requests("/plain")).hasSize(1);
            assertThat(broker.port()).isPositive();
        }
    }

    @Test
    void whatIsRefusedWhenItIsRegistered() throws Exception {
        try (LocalBroker broker = withProfile("bank")) {
            broker.api().register("d", "known", "http://localhost:1/");
            assertThat(put(broker, "x", "https://h.test/", "&tlsProfile=none").body())
                    .isEqualTo(
                            "Bad Request: `tlsProfile`: the configuration has no TLS profile none; it has default, bank");
            assertThat(put(broker, "x", "https://h.test/", "&tlsProfile=" + "BANK%0d%0a" + "x".repeat(100))
                            .body())
                    .startsWith("Bad Request: `tlsProfile`: the configuration has no TLS profile BANK  x")
                    .hasSizeLessThan(200);
            put(broker, "known", "https://h.test/", "&tlsProfile=bank");
            assertThat(put(broker, "known", "https://h.test/", "").field("TlsProfile"))
                    .as("left out")
                    .isEqualTo("bank");
            assertThat(put(broker, "known", "http://localhost:1/", "&tlsProfile=")
                            .body())
                    .doesNotContain("TlsProfile");
            put(broker, "known", "http://localhost:1/", "&tlsProfile=bank");
        }
        try (LocalBroker broker = withProfile("other", "outbound.requireHttps=true")) {
            for (String url :
                    List.of("http://h.test/", "HTTP://h.test/", "ftp://h.test/", "httpx://h.test/", "http:/h")) {
                assertThat(put(broker, "y", url, "").body())
                        .isEqualTo(
                                "Bad Request: `callbackUrl` must begin with https://, since the configuration requires it");
            }
            assertThat(put(broker, "y", "HTTPS://h.test/", "").status()).isEqualTo(200);
            String path = "/channel/d/consumer/known";
            String condition =
                    "If-Unmodified-Since: " + broker.client().get(path).header("Last-Modified");
            assertThat(broker.client()
                            .form("PATCH " + path, "name=kept", condition)
                            .field("TlsProfile"))
                    .as("what is kept is not judged again")
                    .isEqualTo("bank");
        }
    }

    private LocalBroker withProfile(String name, String... settings) throws Exception {
        Path bundle = Files.writeString(
                folder.resolve("ca.pem"), TestAuthority.named("authority").pem());
        String profiles = "[{name: " + name + ", caBundle: " + bundle + "}]";
        String config = Files.readString(Path.of("..", "config.yml")).replace("${OUTBOUND_TLS:-[]}", profiles);
        String[] all = Stream.of(QUICK, settings).flatMap(Arrays::stream).toArray(String[]::new);
        return LocalBroker.on(mariaDb)
                .configuredBy(Files.writeString(folder.resolve("config.yml"), config))
                .start(all);
    }

    /** In channel c for the names of the first test, else in d. */
    private static Answer put(LocalBroker broker, String id, String url, String more) throws Exception {
        String channel = List.of("bank", "https").contains(id) ? "c" : "d";
        String path = "/channel/" + channel + "/consumer/" + id;
        String form = "token=kt&callbackUrl=" + URLEncoder.encode(url, StandardCharsets.UTF_8) + more;
        Answer known = broker.client().get(path);
        return known.status() == 200
                ? broker.client().form("PUT " + path, form, "If-Unmodified-Since: " + known.header("Last-Modified"))
                : broker.client().put(path, form);
    }
}
