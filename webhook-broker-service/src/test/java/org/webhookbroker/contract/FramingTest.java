package org.webhookbroker.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.LocalBroker;

/**
 * Where a request ends is never guessed (RFC 9112, 6 and 7.1): what is framed otherwise than every other server on the way reads it gets
 * one answer, and its connection ends, so that nothing in its body is taken for a request.
 */
@Tag("G12")
@Tag("slow")
final class FramingTest {
    @RegisterExtension
    static final ContractBroker contract = new ContractBroker();

    static final String CHUNKED = "Transfer-Encoding: chunked\r\n";
    private static final String NEXT = "GET /producers HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\r\n";

    /** Otherwise a client that asked for a head would take the body of this answer for its next one. */
    @ParameterizedTest
    @CsvSource({"HEAD,/pro%zz,x", "GET,/pro%zz,x", "POST,/pro%zz,x", "GET,/%,x", "HEAD,/a%2,x"})
    void whatCannotBeReadEndsItsConnection(String method, String path, String host) {
        Answer answer = contract.client().raw(method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.keepsConnection()).isFalse();
    }

    /** {@code ~} stands for CR LF, {@code n} after a backslash for LF, {@code r} for CR. */
    static final Map<String, String> BROKEN = Map.ofEntries(
            Map.entry("CR LF in a quoted extension", "2;a=\"~X~0~~GET /smuggled HTTP/1.1~Host: b~~\"~{}~0~~"),
            Map.entry("LF in a quoted extension", "2;a=\"\\n\"~{}~0~~"),
            Map.entry("CR in an extension", "2;a=\\rb~{}~0~~"),
            Map.entry("NUL in an extension", "2;a=\\0b~{}~0~~"),
            Map.entry("bare LF after a size", "2\\n{}~0~~"),
            Map.entry("bare CR after a size", "2\\r{}~0~~"),
            Map.entry("CR and something after a size", "2\\rX{}~0~~"),
            Map.entry("bare LF after data", "2~{}\\n0~~"),
            Map.entry("bare CR after data", "2~{}\\r0~~"),
            Map.entry("bare LF after the last size", "2~{}~0\\n~"),
            Map.entry("bare LF at the end", "2~{}~0~\\n"),
            Map.entry("blank before a size", " 2~{}~0~~"),
            Map.entry("blank after a size", "2 ~{}~0~~"),
            Map.entry("tab after a size", "2\\t~{}~0~~"),
            Map.entry("blank in a size", "2 0~{}~0~~"),
            Map.entry("0x", "0x2~{}~0~~"),
            Map.entry("plus", "+2~{}~0~~"),
            Map.entry("minus", "-2~{}~0~~"),
            Map.entry("underscore", "2_~{}~0~~"),
            Map.entry("no size", "~{}~0~~"),
            Map.entry("only an extension", ";a~{}~0~~"),
            Map.entry("no hex digit", "g~{}~0~~"),
            Map.entry("size of 17 digits, which overflows to 2", "10000000000000002~{}~0~~"),
            Map.entry("size of -1 in 64 bits", "ffffffffffffffff~{}~0~~"),
            Map.entry("no end after data", "2~{}0~~"),
            Map.entry("data longer than its size", "2~{}}~0~~"),
            Map.entry("empty line after data", "2~{}~~0~~"),
            Map.entry("trailer without a colon", "2~{}~0~X y~~"),
            Map.entry("trailer with a blank before its colon", "2~{}~0~X : y~~"),
            Map.entry("folded trailer", "2~{}~0~X: y~ z~~"),
            Map.entry("NUL in a trailer", "2~{}~0~X: \\0~~"));

    record Route(String line, String headers) {}

    private static List<Route> routes(String channel) {
        String form = "Content-Type: application/x-www-form-urlencoded\r\n";
        String consumer = channel + "/consumer/k";
        return List.of(
                new Route("POST " + channel + "/broadcast", ""),
                new Route("POST " + channel + "/broadcast", "X-Broker-Scheduled-For: 2999-01-01T00:00:00Z\r\n"),
                new Route("PUT /producer/new", form),
                new Route("PUT " + consumer, form),
                new Route("POST " + consumer + "/dlq", form),
                new Route("POST " + consumer + "/jobs/lease", ""),
                new Route("POST " + consumer + "/jobs/settle", ""));
    }

    static Stream<String> broken() {
        return BROKEN.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("broken")
    void brokenChunksAreRefusedOnceOnEachRoute(String name) throws IOException {
        String channel = contract.channel();
        contract.pull(channel, "k");
        for (Route route : routes(channel)) {
            assertThat(statuses(contract.broker(), route, CHUNKED, BROKEN.get(name)))
                    .as(route + " " + name)
                    .containsExactly(400);
        }
        assertThat(contract.client().get(channel + "/messages").body()).contains("\"Result\":[]");
    }

    /** An answer that needs no body may come before the body is read: one, and the end of the connection. */
    @ParameterizedTest
    @ValueSource(strings = {"GET /channels", "POST /nothing", "PATCH /channels", "GET /metrics"})
    void whereNoBodyIsReadNothingInItIsServed(String line) throws IOException {
        for (String chunks : BROKEN.values()) {
            assertThat(statuses(contract.broker(), new Route(line, ""), CHUNKED, chunks))
                    .as(chunks)
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Transfer-Encoding: chunked~Content-Length: 2~     | 400
            Content-Length: 2~Transfer-Encoding: chunked~     | 400
            Transfer-Encoding: chunked, chunked~              | 400
            Transfer-Encoding: chunked~Transfer-Encoding: chunked~ | 400
            Transfer-Encoding: xchunked~                      | 400
            Transfer-Encoding: "chunked"~                     | 400
            Transfer-Encoding: chunked;q=1~                   | 400
            Transfer-Encoding:~ chunked~                      | 400
            Transfer-Encoding : chunked~                      | 400
            Transfer-Encoding: \\x0bchunked~                  | 400
            Transfer-Encoding: chunked, identity~             | 400
            Transfer-Encoding: gzip~                          | 400
            Transfer-Encoding: ~                              | 400
            Content-Length: +2~                               | 400
            Content-Length: 2, 2~                             | 400
            Content-Length: 2~Content-Length: 3~              | 400
            Content-Length: 0x2~                              | 400
            Content-Length: 99999999999999999999~             | 400
            """)
    void twoWaysToSayWhereTheBodyEndsAreRefused(String headers, int status) throws IOException {
        String channel = contract.channel();
        for (Route route : routes(channel)) {
            assertThat(statuses(contract.broker(), route, text(headers), "2~{}~0~~"))
                    .as(route + headers)
                    .containsExactly(status);
        }
    }

    /** Jetty undoes the last coding only; without the guard the compressed bytes are stored with a 201. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip, chunked",
                "gzip,chunked",
                "GZIP , chunked",
                "gzip\r\nTransfer-Encoding: chunked",
                "deflate, chunked",
                "identity, chunked",
                "unknown, chunked",
                "gzip;q=1, chunked"
            })
    void aCodingThatIsNotUndoneIsRefused(String codings) throws IOException {
        String channel = contract.channel();
        contract.pull(channel, "k");
        for (Route route : routes(channel)) {
            List<Integer> statuses =
                    statuses(contract.broker(), route, "Transfer-Encoding: " + codings + "\r\n", "2~{}~0~~");
            assertThat(statuses).as(route.toString()).containsExactly(501, 200);
        }
        assertThat(contract.client().get(channel + "/messages").body()).contains("\"Result\":[]");
    }

    @Test
    void whatIsWellFormedPasses() throws IOException {
        Route route = new Route("POST " + contract.channel() + "/broadcast", "");
        for (String chunks : List.of(
                "2~{}~0~~",
                "2;a=b~{}~0~~",
                "2 ; a=\"b;c\"~{}~0~~",
                "002~{}~0~~",
                "1~{~1~}~0~~",
                "2~{}~0~Content-Length: 9~~")) {
            assertThat(statuses(contract.broker(), route, CHUNKED, chunks))
                    .as(chunks)
                    .containsExactly(201, 200);
        }
        assertThat(statuses(contract.broker(), route, "Transfer-Encoding: CHUNKED\r\n", "2~{}~0~~"))
                .containsExactly(201, 200);
        // What Content-Encoding says is a matter of producer and consumer: the bytes pass as they are.
        assertThat(statuses(contract.broker(), route, CHUNKED + "Content-Encoding: gzip\r\n", "2~{}~0~~"))
                .containsExactly(201, 200);
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost/channels, localhost",
        "http://localhost/channels, LOCALHOST",
        "HTTP://LocalHost/channels, localhost",
        "http://other.test:81/channels, localhost",
        "http://localhost/channels, other.test",
        "/channels, ANY.test"
    })
    void aTargetInAbsoluteFormCountsWhateverHostSays(String target, String host) {
        assertThat(contract.client()
                        .raw("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                        .status())
                .isEqualTo(200);
    }

    static List<Integer> statuses(LocalBroker broker, Route route, String framing, String chunks) throws IOException {
        String head = route.line() + " HTTP/1.1\r\nHost: b\r\n" + String.join("\r\n", ContractBroker.TOKENS) + "\r\n"
                + route.headers() + framing + "\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write((head + text(chunks) + NEXT).getBytes(ISO_8859_1));
            String answers = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
            List<Integer> statuses = new ArrayList<>();
            String start = "HTTP/1.1 ";
            for (int at = answers.indexOf(start); at >= 0; at = answers.indexOf(start, at + 1)) {
                statuses.add(Integer.valueOf(answers.substring(at + start.length(), at + start.length() + 3)));
            }
            return statuses;
        }
    }

    private static String text(String shown) {
        return shown.replace("~", "\r\n")
                .replace("\\n", "\n")
                .replace("\\r", "\r")
                .replace("\\t", "\t")
                .replace("\\0", "\0")
                .replace("\\x0b", "\u000b");
    }
}
