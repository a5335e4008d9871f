package org.webhookbroker.retention;

import static org.webhookbroker.retention.DamagedException.require;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The payload of an archived message: as text, and exactly where the text is not the same. Holds as many bytes as a message may have. */
final class ArchivedPayload {
    /** What the column holds, and contract 1 allows. */
    static final int MOST = (16 << 20) - 1;

    /** Forgets what is too much. */
    private static final class Bounded extends ByteArrayOutputStream {
        private boolean full;

        @Override
        public synchronized void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            full |= length > MOST - count;
            if (!full) {
                super.write(bytes, offset, length);
            }
        }
    }

    private @Nullable Bounded text;
    private @Nullable Bounded exact;

    /** The parser stands at a string. */
    void readText(JsonParser json) throws IOException {
        Bounded read = new Bounded();
        try (Writer writer = new OutputStreamWriter(read, StandardCharsets.UTF_8.newEncoder())) {
            json.getText(writer);
        }
        text = read;
    }

    /** The parser stands at a string. */
    void readExact(JsonParser json) throws IOException {
        Bounded read = new Bounded();
        try {
            json.readBinaryValue(Base64Variants.MIME_NO_LINEFEEDS, read);
        } catch (IllegalArgumentException malformed) {
            // One of two ways in which the parser says so.
            throw new DamagedException("`PayloadBase64` is not base64");
        }
        exact = read;
    }

    byte[] bytes() throws DamagedException {
        Bounded given = exact == null ? text : exact;
        if (given == null) {
            throw new DamagedException("`Payload` is missing");
        }
        require(!given.full, "the payload has more than " + MOST + " bytes");
        require(given.size() > 0, "the payload is empty");
        return given.toByteArray();
    }
}
