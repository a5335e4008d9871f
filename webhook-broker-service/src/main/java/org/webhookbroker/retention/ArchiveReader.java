package org.webhookbroker.retention;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.zip.ZipException;

/** Reads the messages of one archive file, line by line, and keeps account of what it cannot read. Used by one thread. */
final class ArchiveReader implements AutoCloseable {
    private final InputStream raw;
    private final boolean compressed;
    private LineStream lines = new LineStream(InputStream.nullInputStream());
    private boolean opened;
    private long number;
    private Damage damage;

    private ArchiveReader(String name, InputStream raw) {
        this.raw = raw;
        this.compressed = name.endsWith(".gz");
        this.damage = Damage.none(name);
    }

    static ArchiveReader open(ArchiveStore store, String name) throws IOException {
        return new ArchiveReader(name, store.read(name));
    }

    /** Goes to the next line. False at the end of the file, and where it cannot be read any more. */
    boolean advance() throws IOException {
        if (damage.cut()) {
            return false;
        }
        try {
            if (!opened) {
                opened = true;
                lines = new LineStream(compressed ? WholeGzip.open(raw) : raw);
            }
            number++;
            return lines.nextLine();
        } catch (EOFException | ZipException cut) {
            damage = damage.cutOff();
            return false;
        }
    }

    /** That of the line; empty if it has none. */
    Optional<ArchivedMessage> message() throws IOException {
        try {
            return ArchivedLine.read(lines);
        } catch (DamagedException damaged) {
            damage = damage.line(number, String.valueOf(damaged.getMessage()));
            return Optional.empty();
        } catch (EOFException | ZipException cut) {
            damage = damage.cutOff();
            return Optional.empty();
        }
    }

    Damage damage() {
        return damage;
    }

    @Override
    public void close() throws IOException {
        try {
            lines.close();
        } finally {
            raw.close();
        }
    }
}
