package org.webhookbroker.retention;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dropwizard.util.DataSize;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.webhookbroker.database.Xid;
import org.webhookbroker.message.Content;
import org.webhookbroker.testing.Books;
import org.webhookbroker.testing.History.Job;
import org.webhookbroker.testing.History.State;
import org.webhookbroker.testing.MariaDbExtension;

/** Names, content and sizes of archive files, as the wire contract has them. */
class ArchiveFilesTest extends PruneFixture {
    @RegisterExtension
    static final MariaDbExtension mariaDb = new MariaDbExtension();

    @Override
    MariaDbExtension mariaDb() {
        return mariaDb;
    }

    @Test
    void jobsOfARemovedConsumerAreArchivedAndCounted() throws Exception {
        Xid gone = new Xid(5, 5);
        old.message(channel, producer, "m", "x", new Job(gone, State.DELIVERED), delivered());

        prune();

        JsonNode job = lines(onlyFile()).get(0).path("jobs").get(0);
        assertThat(job.path("Listener").path("ID").asText()).isEqualTo(gone.toString());
        assertThat(job.path("Listener").path("ConsumerID").asText()).isEmpty();
        assertThat(sql.count("delivered_job")).isZero();
        Books.assertBalanced(database);
    }

    @Test
    void recordHasTheKeysOfTheContractAndNoTokens() throws Exception {
        Xid id = old.message(channel, producer, "m1", "h\u00e9 \"x\"\n", delivered());

        prune();

        String text = Files.readString(onlyFile());
        JsonNode line = lines(onlyFile()).get(0);
        assertThat(text).endsWith("}\n").doesNotContain("\"ct\"", "\"pt\"", "\"kt\"");
        assertThat(names(line)).containsExactly("message", "jobs");
        JsonNode message = line.path("message");
        assertThat(names(message))
                .containsExactly(
                        "ID",
                        "CreatedAt",
                        "UpdatedAt",
                        "MessageID",
                        "Payload",
                        "ContentType",
                        "Priority",
                        "Status",
                        "BroadcastedTo",
                        "ProducedBy",
                        "ReceivedAt",
                        "OutboxedAt",
                        "Headers");
        assertThat(message.path("ID").asText()).isEqualTo(id.toString());
        assertThat(message.path("MessageID").asText()).isEqualTo("m1");
        assertThat(message.path("Payload").asText()).isEqualTo("h\u00e9 \"x\"\n");
        assertThat(message.path("Status").asInt()).isEqualTo(102);
        assertThat(message.path("Priority").asInt()).isEqualTo(3);
        assertThat(message.path("ReceivedAt").asText()).isEqualTo(longAgo.toString());
        assertThat(message.path("Headers").path("x-trace").asText()).isEqualTo("t1");
        assertThat(names(message.path("BroadcastedTo")))
                .containsExactly("ID", "CreatedAt", "UpdatedAt", "Name", "Token", "ChannelID");
        assertThat(message.path("BroadcastedTo").path("ChannelID").asText()).isEqualTo("orders");
        assertThat(names(message.path("ProducedBy")))
                .containsExactly("ID", "CreatedAt", "UpdatedAt", "Name", "Token", "ProducerID");
        assertThat(message.path("ProducedBy").path("ProducerID").asText()).isEqualTo("shop");
        JsonNode job = line.path("jobs").get(0);
        assertThat(names(job))
                .containsExactly(
                        "ID",
                        "CreatedAt",
                        "UpdatedAt",
                        "Message",
                        "Listener",
                        "Status",
                        "StatusChangedAt",
                        "DispatchReceivedAt",
                        "EarliestNextAttemptAt",
                        "RetryAttemptCount",
                        "Priority",
                        "IncrementalTimeout");
        assertThat(job.path("Message")).isEqualTo(message);
        assertThat(job.path("Status").asInt()).isEqualTo(1003);
        assertThat(job.path("RetryAttemptCount").asInt()).isEqualTo(2);
        assertThat(names(job.path("Listener")))
                .containsExactly(
                        "ID",
                        "CreatedAt",
                        "UpdatedAt",
                        "Name",
                        "Token",
                        "ConsumerID",
                        "CallbackURL",
                        "ConsumingFrom",
                        "Type");
        assertThat(job.path("Listener").path("CallbackURL").asText()).isEqualTo("http://127.0.0.1/hook");
    }

    @Test
    void bytesThatAreNoTextAreKeptExactly() throws Exception {
        byte[] bytes = {(byte) 0xff, 0, 1, (byte) 0xc3, 'x'};
        old.message(channel, producer, "m", new Content("image/x", 0, Map.of(), bytes), delivered());

        prune();

        JsonNode line = lines(onlyFile()).get(0);
        assertThat(line.path("message").path("PayloadBase64").binaryValue()).isEqualTo(bytes);
        assertThat(line.path("jobs").get(0).path("Message").has("PayloadBase64"))
                .isFalse();
    }

    @Test
    void filesAreNamedByNodeAndTime() throws Exception {
        Files.createDirectories(folder.resolve("eu/main"));
        settings.filePrefix = "eu/main";
        useRemote();
        old.message(channel, producer, "m", "x", delivered());

        prune();

        try (Stream<Path> files = Files.list(folder.resolve("eu/main"))) {
            assertThat(files.map(file -> file.getFileName().toString()).toList())
                    .singleElement()
                    .asString()
                    .matches("local_node-a_\\d{4}_\\d\\d_\\d\\dT\\d\\d_\\d\\d_\\d\\dZ\\.jsonl");
        }
        assertThat(storage.objects.keySet())
                .singleElement()
                .asString()
                .matches("/bucket/eu/main/node-a_\\d{4}_\\d\\d_\\d\\dT\\d\\d_\\d\\d_\\d\\dZ\\.jsonl");
    }

    @Test
    void noFileAppearsWhenNothingIsPruned() throws Exception {
        old.message(channel, producer, "m", "x", jobs("DEAD"));

        assertThat(prune().archived()).isZero();

        assertThat(files()).isEmpty();
    }

    @Test
    void fullFilesRotateUnderNamesOfTheirOwn() throws Exception {
        settings.maxFileSize = DataSize.kibibytes(4);
        useRemote();
        for (int i = 0; i < 7; i++) {
            old.message(channel, producer, "m" + i, "x".repeat(3000), delivered());
        }
        old.message(channel, producer, "m7", "x", delivered());

        prune();

        List<Path> files = files();
        assertThat(files).hasSize(8);
        assertThat(files.stream().filter(file -> file.toString().endsWith("Z.jsonl")))
                .hasSize(1);
        assertThat(files.stream().filter(file -> file.toString().matches(".*Z_\\d{10}\\.jsonl")))
                .hasSize(7);
        assertThat(storage.objects).hasSize(8);
        Set<String> archived = new HashSet<>();
        for (Path file : files) {
            lines(file)
                    .forEach(line ->
                            archived.add(line.path("message").path("MessageID").asText()));
        }
        assertThat(archived).hasSize(8);
        assertThat(sql.count("message")).isZero();
    }

    @Test
    void compressedFilesAreWhole() throws Exception {
        settings.gzip = true;
        for (int i = 0; i < 50; i++) {
            old.message(channel, producer, "m" + i, "x".repeat(100), delivered());
        }

        prune();

        assertThat(onlyFile().toString()).endsWith("Z.jsonl.gz");
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(onlyFile()))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines())
                    .hasSize(50);
        }
    }

    @Test
    void withoutALocalFolderOnlyTheRemoteKeepsFiles() throws Exception {
        settings.localPath = "";
        useRemote();
        old.message(channel, producer, "m", "x", delivered());

        prune();

        assertThat(storage.objects).hasSize(1);
        assertThat(sql.count("message")).isZero();
    }

    @Test
    void aFolderCanBeTheRemote() throws Exception {
        settings.localPath = "";
        settings.remoteUrl = folder.toUri().toString();
        old.message(channel, producer, "m", "x", delivered());

        prune();

        assertThat(onlyFile().getFileName().toString()).startsWith("node-a_");
        assertThat(sql.count("message")).isZero();
    }
}
