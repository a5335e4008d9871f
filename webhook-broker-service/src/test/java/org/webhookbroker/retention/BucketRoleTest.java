package org.webhookbroker.retention;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.webhookbroker.testing.S3Server;

/** Archives of a pod that has a role in place of keys, as Kubernetes on AWS gives it: a token in a file, which STS takes for keys. */
class BucketRoleTest {
    private static final List<String> KEYS = List.of("aws.accessKeyId", "aws.secretAccessKey");

    private static final String KEYS_OF_THE_ROLE = """
            <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <AssumeRoleWithWebIdentityResult><Credentials>
                <AccessKeyId>key</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
                <SessionToken>token</SessionToken><Expiration>%s</Expiration>
              </Credentials></AssumeRoleWithWebIdentityResult>
            </AssumeRoleWithWebIdentityResponse>
            """;

    @TempDir
    Path folder;

    private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    private final Map<String, @Nullable String> before = new HashMap<>();

    private HttpServer sts;
    private S3Server storage;

    @BeforeEach
    void start() throws Exception {
        storage = new S3Server();
        storage.createBucket("archive");
        sts = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        sts.createContext("/", exchange -> {
            asked.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            byte[] answer =
                    KEYS_OF_THE_ROLE.formatted(Instant.now().plusSeconds(3600)).getBytes(UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        sts.start();
        KEYS.forEach(name -> before.put(name, System.clearProperty(name)));
        set(
                "aws.webIdentityTokenFile",
                Files.writeString(folder.resolve("token"), "identity").toString());
        set("aws.roleArn", "arn:aws:iam::123456789012:role/broker");
        set("aws.region", "eu-west-1");
        set("aws.endpointUrlSts", "http://127.0.0.1:" + sts.getAddress().getPort());
    }

    @AfterEach
    void stop() {
        before.forEach((name, value) -> {
            if (value == null) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, value);
            }
        });
        sts.stop(0);
        storage.close();
    }

    @Test
    void aFileIsPutByTheRoleOfThePod() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        try (ArchiveStore store =
                RemoteUrl.parse(storage.url("archive")).orElseThrow().open("")) {
            store.put(file, "a.jsonl");

            assertThat(store.names()).containsExactly("a.jsonl");
        }
        assertThat(asked.remove())
                .contains("Action=AssumeRoleWithWebIdentity", "WebIdentityToken=identity", "role%2Fbroker");
    }

    private void set(String name, String value) {
        before.put(name, System.setProperty(name, value));
    }
}
