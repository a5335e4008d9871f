package org.webhookbroker.retention;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPOutputStream;

/** An archive file while it is written, under a name that no reader takes for an archive. Used by one thread. */
final class ArchiveFile implements AutoCloseable {
    static final String PART = ".part";

    private static final int BUFFER = 64 << 10;
    /** Each line ends with a line feed, the last one too, so none is put between them. */
    private static final JsonFactory JSON =
            new JsonFactoryBuilder().rootValueSeparator("").build();

    private static final class Counter extends FilterOutputStream {
        private long count;

        Counter(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int value) throws IOException {
            out.write(value);
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            count += length;
        }
    }

    private final Path path;
    private final FileChannel channel;
    private final Counter counter;
    private final JsonGenerator json;

    private ArchiveFile(Path path, FileChannel channel, boolean gzip) throws IOException {
        this.path = path;
        this.channel = channel;
        this.counter = new Counter(new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER));
        this.json = JSON.createGenerator(gzip ? new GZIPOutputStream(counter, BUFFER) : counter);
        json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
    }

    static ArchiveFile create(Path folder, String name, boolean gzip) throws IOException {
        Path path = folder.resolve(name + PART);
        FileChannel channel = FileChannel.open(
                path, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        try {
            return new ArchiveFile(path, channel, gzip);
        } catch (IOException failure) {
            channel.close();
            throw failure;
        }
    }

    Path path() {
        return path;
    }

    /** Bytes of the file so far; compressed ones show with some delay. */
    long size() {
        return counter.count;
    }

    void write(ArchiveRecord archived, Redaction redaction) throws IOException {
        archived.write(json, redaction);
        json.writeRaw('\n');
        json.flush();
    }

    /** After this nothing can be added, and what was written survives a crash. */
    void complete() throws IOException {
        json.flush();
        if (json.getOutputTarget() instanceof GZIPOutputStream compressed) {
            compressed.finish();
        }
        counter.flush();
        channel.force(true);
        channel.close();
    }

    /** Deletes the file unless it has been published under its own name. */
    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(path);
    }
}
