package org.webhookbroker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.database.Xid;
import org.webhookbroker.signature.SignatureVersion;
import org.webhookbroker.signature.SigningSecret;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.Registrar;
import org.webhookbroker.testing.Sql;

class RotateSecretTest {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    private static final String[] K = {"channel", "c", "consumer", "k"};

    private final Sql sql = mariaDb.sql();
    private final SigningSecret secret = SigningSecret.make(SignatureVersion.V1A);
    private OpsServer server;

    @BeforeEach
    void start() throws Exception {
        Registrar registrar = new Registrar(mariaDb.database());
        Xid channel = registrar.channel("c");
        registrar.push(channel, "k", "http://127.0.0.1/");
        server = OpsServer.start(mariaDb.database(), new BackgroundLoop("idle", Duration.ofMinutes(1), () -> false));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private OpsServer.Answer rotate(String... more) throws Exception {
        String[] all = java.util.Arrays.copyOf(K, K.length + more.length);
        System.arraycopy(more, 0, all, K.length, more.length);
        return server.task("rotate-secret", all);
    }

    @Test
    void itShowsTheNextSecretOnce() throws Exception {
        sql.execute("UPDATE consumer SET signing_secrets = '" + secret.text() + "'");
        OpsServer.Answer answer = rotate("overlap", "60");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).matches("""
                        The signing secret of c/k is now whsk_[A-Za-z0-9+/]{43}=
                        It is not shown again\\. The previous one signs too for 60 s
                        """).doesNotContain(secret.text());
        String next = answer.text().replaceFirst("(?s).* now (\\S+).*", "$1");
        assertThat(sql.count("consumer", "signing_secrets LIKE '" + next + " " + secret.text() + "@%'"))
                .isEqualTo(1);
        assertThat(sql.count("registry_change")).isEqualTo(1);
        assertThat(rotate("overlap", "0").text()).contains("The previous one is not used any more");
    }

    @Test
    void whatItCannotDoItSays() throws Exception {
        assertThat(rotate())
                .isEqualTo(new OpsServer.Answer(
                        400,
                        "c/k: `signing` of the consumer is none; switch it on with PATCH and `signing` v1 or v1a\n"));
        assertThat(rotate("overlap", "604801").text()).contains("\"overlap\"", "from 0 to 604800");
        assertThat(rotate("secret", "whsec_x").text()).contains("\"secret\" is unknown here");
        assertThat(server.task("rotate-secret", "channel", "c").text()).contains("\"consumer\" is missing");
        sql.execute("UPDATE consumer SET signing_secrets = '" + secret.text() + "'");
        rotate();
        rotate();
        assertThat(rotate().text()).startsWith("c/k: 2 previous secrets are in use, the first of them until ");
    }
}
