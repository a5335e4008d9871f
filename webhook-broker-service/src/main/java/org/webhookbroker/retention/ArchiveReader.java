package org.webhookbroker.retention;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.webhookbroker.database.Xid;
import org.webhookbroker.message.Content;

/** Reads the messages of one archive file, one at a time. Jobs are skipped over, however many there are. */
final class ArchiveReader implements AutoCloseable {
    /** A payload of 16 MiB takes 22 million characters in base64. */
    private static final int LONGEST_STRING = 128 << 20;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(LONGEST_STRING)
                            .build())
                    .build())
            .build();

    private final JsonParser parser;

    private ArchiveReader(JsonParser parser) {
        this.parser = parser;
    }

    static ArchiveReader open(ArchiveStore store, String name) throws IOException {
        InputStream raw = new BufferedInputStream(store.read(name));
        try {
            return new ArchiveReader(JSON.createParser(name.endsWith(".gz") ? new GZIPInputStream(raw) : raw));
        } catch (EOFException | ZipException damaged) {
            raw.close();
            throw new DamagedException(damaged);
        } catch (IOException failure) {
            raw.close();
            throw failure;
        }
    }

    /** Empty at the end of the file. */
    Optional<ArchivedMessage> next() throws IOException {
        try {
            if (parser.nextToken() == null) {
                return Optional.empty();
            }
            Optional<ArchivedMessage> message = Optional.empty();
            require(parser.currentToken() == JsonToken.START_OBJECT);
            for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                parser.nextToken();
                if (key.equals("message")) {
                    message = Optional.of(message(JSON.readTree(parser)));
                } else {
                    parser.skipChildren();
                }
            }
            require(message.isPresent() && parser.currentToken() == JsonToken.END_OBJECT);
            return message;
        } catch (JsonProcessingException | EOFException | ZipException | DateTimeException damaged) {
            throw new DamagedException(damaged);
        }
    }

    private static ArchivedMessage message(JsonNode json) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        for (Map.Entry<String, JsonNode> header : json.path("Headers").properties()) {
            headers.put(header.getKey(), header.getValue().asText());
        }
        JsonNode producer = json.path("ProducedBy");
        return new ArchivedMessage(
                text(json, "MessageID"),
                text(json.path("BroadcastedTo"), "ChannelID"),
                producer.path("ProducerID").asText(),
                Xid.parse(text(producer, "ID")).orElse(new Xid(0, 0)),
                OffsetDateTime.parse(text(json, "ReceivedAt")).toInstant().truncatedTo(ChronoUnit.MICROS),
                new Content(text(json, "ContentType"), json.path("Priority").asInt(), headers, payload(json)));
    }

    private static byte[] payload(JsonNode json) throws IOException {
        JsonNode exact = json.path("PayloadBase64");
        return exact.isTextual() ? exact.binaryValue() : text(json, "Payload").getBytes(StandardCharsets.UTF_8);
    }

    private static String text(JsonNode json, String key) throws DamagedException {
        JsonNode value = json.path(key);
        require(value.isTextual());
        return value.textValue();
    }

    private static void require(boolean wellFormed) throws DamagedException {
        if (!wellFormed) {
            throw new DamagedException(null);
        }
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
