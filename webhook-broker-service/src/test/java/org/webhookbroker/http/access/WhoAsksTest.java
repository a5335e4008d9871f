package org.webhookbroker.http.access;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.auth.Actor;
import org.webhookbroker.auth.ApiKey;
import org.webhookbroker.auth.Role;
import org.webhookbroker.testing.LocalBroker;
import org.webhookbroker.testing.MariaDbExtension;
import org.webhookbroker.testing.TestKeys;

/** What a resource knows of whoever asks; and that one which says nothing of keys is reached by nobody. */
final class WhoAsksTest {
    /** Answers who asks. */
    @Path("/who")
    public static final class Who {
        @GET
        @Needs(Role.READ)
        public String read(@Context HttpServletRequest request) {
            return text(request);
        }

        @GET
        @Path("all")
        @Needs({})
        public String all(@Context HttpServletRequest request) {
            return text(request);
        }

        @GET
        @Path("silent")
        public String silent() {
            return "reached";
        }

        private static String text(HttpServletRequest request) {
            Actor actor = Actor.of(request);
            return actor.key().map(ApiKey::name).orElse("nobody") + " from " + actor.origin();
        }
    }

    @RegisterExtension
    static final MariaDbExtension mariaDb = MariaDbExtension.oncePerClass();

    private static LocalBroker broker;
    private static String read;
    private static String admin;

    @BeforeAll
    static void start() {
        TestKeys keys = new TestKeys(mariaDb);
        read = TestKeys.header(keys.add("read"));
        admin = TestKeys.header(keys.add("admin"));
        broker = LocalBroker.on(mariaDb).serving(List.of(new Who())).start("auth.mode=keys");
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void theKeyAndTheAddressAreKnown() {
        assertThat(broker.client().get("/who", read).body()).isEqualTo("read from 127.0.0.1");
        assertThat(broker.client().get("/who", admin).body()).isEqualTo("admin from 127.0.0.1");
        assertThat(broker.client().get("/who/all", read).body()).isEqualTo("read from 127.0.0.1");
        assertThat(broker.client().get("/who/all").body()).isEqualTo("nobody from 127.0.0.1");
        assertThat(broker.client().get("/who").status()).isEqualTo(401);
    }

    @Test
    void whatDoesNotSayWhichKeysItNeedsIsForNobody() {
        assertThat(broker.client().get("/who/silent").status()).isEqualTo(401);
        assertThat(broker.client().get("/who/silent", read).status()).isEqualTo(403);
        assertThat(broker.client().get("/who/silent", admin).status()).isEqualTo(403);
    }

    @Test
    void withoutKeysEverybodyReachesIt() {
        try (LocalBroker open =
                LocalBroker.on(mariaDb).serving(List.of(new Who())).start("auth.mode=none")) {
            assertThat(open.client().get("/who/silent").body()).isEqualTo("reached");
            assertThat(open.client().get("/who", "Authorization: Bearer wrong").body())
                    .isEqualTo("nobody from 127.0.0.1");
        }
    }
}
