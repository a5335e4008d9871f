package org.webhookbroker.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.webhookbroker.testing.S3Server;

/** The S3 client against a server of its protocol. */
class BucketStoreTest {
    @TempDir
    Path folder;

    private static S3Server server;

    @BeforeAll
    static void start() {
        System.setProperty("aws.accessKeyId", "key");
        System.setProperty("aws.secretAccessKey", "secret");
        server = new S3Server();
        server.createBucket("archive");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void whatIsPutIsThere() throws Exception {
        byte[] bytes = new byte[20 << 20];
        new Random(1).nextBytes(bytes);
        Path file = Files.write(folder.resolve("file"), bytes);
        try (ArchiveStore store = open("archive", "eu/main")) {
            assertThat(store.exists("a.jsonl")).isFalse();

            store.put(file, "a.jsonl");

            assertThat(store.exists("a.jsonl")).isTrue();
            try (InputStream in = store.read("a.jsonl")) {
                assertThat(in.readAllBytes()).isEqualTo(bytes);
            }
        }
    }

    @Test
    void archivesOfAPrefixAreListedInOrder() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "x");
        try (ArchiveStore store = open("archive", "list");
                ArchiveStore other = open("archive", "list2")) {
            store.put(file, "b.jsonl");
            store.put(file, "a.jsonl.gz");
            store.put(file, "readme.txt");
            other.put(file, "c.jsonl");

            assertThat(store.names()).containsExactly("a.jsonl.gz", "b.jsonl");
        }
    }

    @Test
    void aBucketThatIsMissingIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "x");
        try (ArchiveStore store = open("nowhere", "")) {
            assertThatThrownBy(() -> store.put(file, "a.jsonl"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("nowhere");
        }
    }

    private static ArchiveStore open(String bucket, String prefix) {
        return RemoteUrl.parse(server.url(bucket)).orElseThrow().open(prefix);
    }
}
