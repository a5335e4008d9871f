package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.webhookbroker.database.Xid;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.RawClient;

/** Contract 1: what holds everywhere. */
@Tag("G12")
final class GeneralRulesContractTest {
    @RegisterExtension
    static final ContractBroker contract = new ContractBroker(List.of(new BrokenResource()));

    private final RawClient client = contract.client();

    @ParameterizedTest(name = "1: {0} {1} is {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            GET     | /nothing                | 404 | "404 page not found\\n"
            GET     | /                       | 404 | "404 page not found\\n"
            GET     | /producer/              | 404 | "404 page not found\\n"
            GET     | /producer/a%2Fb         | 404 | "404 page not found\\n"
            GET     | /WEB-INF/web.xml        | 404 | "404 page not found\\n"
            DELETE  | /producers              | 405 | "Method Not Allowed\\n"
            BREW    | /producers              | 405 | "Method Not Allowed\\n"
            DELETE  | /producers/             | 404 | "404 page not found\\n"
            GET     | /producer/unknown       | 404 | Request resource not found
            GET     | /channel/x/consumers    | 404 | Request resource not found
            GET     | /channel/x/consumer/y   | 404 | Request resource not found
            GET     | /producer/%zz           | 400 | Bad Request: the request is not well-formed HTTP/1.1
            GET     | /producer/%ff           | 400 | Bad Request: the path is not percent-encoded UTF-8
            GET     | /producer/%             | 400 | Bad Request: the request is not well-formed HTTP/1.1
            HEAD    | /producers              | 200 | ""
            HEAD    | /producer/unknown       | 404 | ""
            OPTIONS | /producers              | 200 | ""
            """)
    void errorsArePlainText(String method, String path, int status, String body) {
        Answer answer = client.send(method + " " + path, "", "X-Request-ID: mine");
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo(body.replace("\\n", "\n"));
        // A request that Jetty's parser gives up on has lost its headers.
        boolean parsed = !body.endsWith("well-formed HTTP/1.1");
        assertThat(answer.header("X-Request-ID"))
                .isEqualTo(parsed ? "mine" : answer.header("X-Request-ID"))
                .isNotEmpty();
        if (status >= 400) {
            assertThat(answer.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
        }
        if (body.endsWith("\\n")) {
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
        }
    }

    @ParameterizedTest(name = "1: {0} {1} leads to {3}")
    @CsvSource(delimiter = '|', textBlock = """
            GET  | /producers/              | 301 | /producers
            GET  | /Producers?next=x        | 301 | /producers?next=x
            HEAD | /PRODUCERS               | 301 | /producers
            GET  | //producers              | 301 | /producers
            GET  | /x/../producers          | 301 | /producers
            PUT  | /Producer/P%20q/         | 307 | /producer/P%20q
            GET  | /channel/A/CONSUMERS     | 301 | /channel/A/consumers
            """)
    void nearlyRightPathsAreRedirected(String method, String path, int status, String location) {
        Answer answer = client.send(method + " " + path, "");
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Location")).isEqualTo(location);
        assertThat(answer.header("X-Request-ID")).isNotEmpty();
    }

    @ParameterizedTest(name = "G12: {0} gets a clear 4xx")
    @CsvSource(delimiter = '|', textBlock = """
            no host            | GET /producers HTTP/1.1\\r\\n\\r\\n
            NUL in the path    | GET /producer/\\0 HTTP/1.1\\r\\nHost: b\\r\\n\\r\\n
            blank in the path  | GET /producer/a b HTTP/1.1\\r\\nHost: b\\r\\n\\r\\n
            NUL in a header    | GET /producers HTTP/1.1\\r\\nHost: b\\r\\nX: \\0\\r\\n\\r\\n
            header name        | GET /producers HTTP/1.1\\r\\nHost: b\\r\\nX y: 1\\r\\n\\r\\n
            no such version    | GET /producers HTTP/7.3\\r\\nHost: b\\r\\n\\r\\n
            two lengths        | PUT /producer/p HTTP/1.1\\r\\nHost: b\\r\\nContent-Length: 1\\r\\nContent-Length: 2\\r\\n\\r\\nxx
            bad length         | PUT /producer/p HTTP/1.1\\r\\nHost: b\\r\\nContent-Length: x\\r\\n\\r\\n
            bad chunk          | PUT /producer/p HTTP/1.1\\r\\nHost: b\\r\\nContent-Type: application/x-www-form-urlencoded\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nzz\\r\\n
            no request line    | \\r\\nnonsense\\r\\n\\r\\n
            bad port in host   | GET /producers HTTP/1.1\\r\\nHost: b:x\\r\\n\\r\\n
            path above root    | GET /../../producers HTTP/1.1\\r\\nHost: b\\r\\nConnection: close\\r\\n\\r\\n
            no slash           | GET producers HTTP/1.1\\r\\nHost: b\\r\\nConnection: close\\r\\n\\r\\n
            star               | OPTIONS * HTTP/1.1\\r\\nHost: b\\r\\nConnection: close\\r\\n\\r\\n
            """)
    void malformedRequestsGetAClear4xx(String name, String request) {
        Answer answer =
                client.raw(request.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0"));
        assertThat(answer.status()).as(name).isBetween(400, 499);
        assertThat(answer.body()).doesNotContain("<html", "Exception", "Jetty");
        assertThat(answer.header("X-Request-ID")).hasSize(20);
        assertThat(answer.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
    }

    @Test
    void headersThatAreTooLargeAreRefused() {
        assertThat(client.get("/producers", "X-Big: " + "x".repeat(20_000)).status())
                .isEqualTo(431);
        assertThat(client.get("/producers?x=" + "x".repeat(20_000)).status()).isEqualTo(414);
    }

    @Test
    void aLongRequestIdIsEchoedWhole() {
        String id = "i".repeat(7_000);
        assertThat(client.get("/producers/", "X-Request-ID: " + id).header("X-Request-ID"))
                .isEqualTo(id);
        assertThat(client.get("/producers", "X-Request-ID: " + id).header("X-Request-ID"))
                .isEqualTo(id);
    }

    @Test
    void aRequestWithoutAnIdGetsOne() {
        assertThat(Xid.parse(client.get("/producers").header("X-Request-ID"))).isPresent();
        assertThat(Xid.parse(client.get("/producers", "X-Request-ID: ").header("X-Request-ID")))
                .isPresent();
    }

    @Test
    void jsonEndsInOneNewlineAndHasNoCharset() {
        Answer answer = client.get("/channels", "Accept: text/html;;;");
        assertThat(answer.body()).isEqualTo("{\"Result\":[],\"Pages\":{},\"Links\":null}\n");
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    }

    @Test
    void anUnexpectedErrorTellsItsIdAndNothingElse() {
        Answer answer = client.get("/broken", "X-Request-ID: r1");
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body()).endsWith("request id r1").doesNotContain("secret");
    }

    /** Fails as no resource should. */
    @Path("/broken")
    public static final class BrokenResource {
        @GET
        public String fail() {
            throw new IllegalStateException("secret detail");
        }
    }

    @ParameterizedTest(name = "1.1: {0} has {1}")
    @CsvSource(delimiter = '|', textBlock = """
            /_status                                   | GET, OPTIONS
            /job-status                                | GET, OPTIONS
            /metrics                                   | GET, OPTIONS
            /producers                                 | GET, OPTIONS
            /producer/p                                | DELETE, GET, OPTIONS, PATCH, PUT
            /channels                                  | GET, OPTIONS
            /channel/c                                 | DELETE, GET, OPTIONS, PATCH, PUT
            /channel/c/consumers                       | GET, OPTIONS
            /channel/c/consumer/k                      | DELETE, GET, OPTIONS, PATCH, PUT
            /channel/c/broadcast                       | OPTIONS, POST
            /channel/c/messages                        | GET, OPTIONS
            /channel/c/message/m                       | GET, OPTIONS
            /channel/c/messages-status                 | GET, OPTIONS
            /channel/c/scheduled-messages              | GET, OPTIONS
            /channel/c/scheduled-message/m             | DELETE, GET, OPTIONS, PUT
            /channel/c/consumer/k/queued-jobs          | GET, OPTIONS
            /channel/c/consumer/k/job/j                | DELETE, GET, OPTIONS, POST
            /channel/c/consumer/k/job/j/requeue-dead-job | OPTIONS, POST
            /channel/c/consumer/k/dlq                  | DELETE, GET, OPTIONS, POST
            /dlq-status                                | GET, OPTIONS
            """)
    void theEndpointsAndTheirMethods(String path, String allow) {
        Answer answer = client.send("OPTIONS " + path, "");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.header("Allow")).isEqualTo(allow);
        Expected.text(405, "Method Not Allowed\n")
                .has("Allow", allow)
                .has("X-Content-Type-Options", "nosniff")
                .check(client.send("TRY " + path, ""));
    }
}
