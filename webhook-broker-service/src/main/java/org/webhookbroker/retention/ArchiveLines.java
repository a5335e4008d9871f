package org.webhookbroker.retention;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** All archives of one place as one list of messages, in the order of the files' names. Used by one thread. */
final class ArchiveLines implements AutoCloseable {
    private final ArchiveStore archives;
    private final Queue<String> names;
    private final List<Damage> damaged = new ArrayList<>();
    private @Nullable ArchiveReader reader;
    private String name = "";
    private long read;

    private ArchiveLines(ArchiveStore archives, List<String> names) {
        this.archives = archives;
        this.names = new ArrayDeque<>(names);
    }

    /** The archives are closed with the lines. */
    static ArchiveLines of(ArchiveStore archives) {
        try {
            return new ArchiveLines(archives, archives.names());
        } catch (IOException failure) {
            archives.close();
            throw new RetentionException("Cannot list the archives", failure);
        }
    }

    long read() {
        return read;
    }

    /** By file; those without damage are left out. */
    List<Damage> damaged() {
        return damaged;
    }

    /** Goes to the next line. False at the end of the last file. */
    boolean advance() {
        try {
            while (reader != null || !names.isEmpty()) {
                ArchiveReader open = reader;
                if (open == null) {
                    name = names.remove();
                    open = ArchiveReader.open(archives, name);
                    reader = open;
                }
                if (open.advance()) {
                    return true;
                }
                closeReader();
            }
            return false;
        } catch (IOException failure) {
            throw new RetentionException("Cannot read the archive " + name, failure);
        }
    }

    /** That of the line; empty if there is none, or the line is damaged. */
    Optional<ArchivedMessage> message() {
        try {
            Optional<ArchivedMessage> message = reader == null ? Optional.empty() : reader.message();
            read += message.isPresent() ? 1 : 0;
            return message;
        } catch (IOException failure) {
            throw new RetentionException("Cannot read the archive " + name, failure);
        }
    }

    private void closeReader() throws IOException {
        ArchiveReader open = reader;
        reader = null;
        if (open != null) {
            if (open.damage().any()) {
                damaged.add(open.damage());
            }
            open.close();
        }
    }

    @Override
    public void close() {
        try {
            closeReader();
        } catch (IOException failure) {
            throw new RetentionException("Cannot close the archive " + name, failure);
        } finally {
            archives.close();
        }
    }
}
