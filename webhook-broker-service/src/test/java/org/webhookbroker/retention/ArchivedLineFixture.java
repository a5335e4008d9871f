package org.webhookbroker.retention;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;

/** Lines of archives as the broker writes them, and as it would never write them. */
public final class ArchivedLineFixture {
    private static final JsonMapper JSON = new JsonMapper();

    private ArchivedLineFixture() {}

    /** A line with its line feed, whose message was changed. */
    public static String line(String messageId, Consumer<ObjectNode> change) {
        ObjectNode line = JSON.createObjectNode();
        ObjectNode message = line.putObject("message");
        message.put("MessageID", messageId);
        message.putObject("BroadcastedTo").put("ChannelID", "orders");
        message.putObject("ProducedBy").put("ID", "00000000000000000000").put("ProducerID", "shop");
        message.put("ReceivedAt", "2026-01-01T00:00:00Z");
        message.put("ContentType", "text/plain");
        message.put("Priority", 0);
        message.putObject("Headers");
        message.put("Payload", "hello");
        change.accept(message);
        line.putArray("jobs");
        return line + "\n";
    }

    public static String line(String messageId) {
        return line(messageId, message -> {});
    }

    /** One line whose payload has so many MiB of one letter, between two lines that are sound. */
    public static void writeBomb(Path file, int mebibytes) {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(line("before").getBytes(StandardCharsets.UTF_8));
            String bomb = line("bomb", message -> message.put("Payload", "@"));
            int at = bomb.indexOf('@');
            out.write(bomb.substring(0, at).getBytes(StandardCharsets.UTF_8));
            byte[] piece = "a".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < mebibytes; i++) {
                out.write(piece);
            }
            out.write(bomb.substring(at + 1).getBytes(StandardCharsets.UTF_8));
            out.write(line("after").getBytes(StandardCharsets.UTF_8));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
