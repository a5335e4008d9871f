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
    private final List<String> damaged = new ArrayList<>();
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

    List<String> damaged() {
        return damaged;
    }

    /** Empty at the end of the last file. A file that is damaged ends where the damage begins. */
    Optional<ArchivedMessage> next() {
        try {
            while (reader != null || !names.isEmpty()) {
                Optional<ArchivedMessage> message = nextOfFile();
                if (message.isPresent()) {
                    read++;
                    return message;
                }
            }
            return Optional.empty();
        } catch (IOException failure) {
            throw new RetentionException("Cannot read the archive " + name, failure);
        }
    }

    private Optional<ArchivedMessage> nextOfFile() throws IOException {
        Optional<ArchivedMessage> message = Optional.empty();
        try {
            ArchiveReader open = reader;
            if (open == null) {
                name = names.remove();
                open = ArchiveReader.open(archives, name);
                reader = open;
            }
            message = open.next();
        } catch (DamagedException damage) {
            damaged.add(name);
        }
        if (message.isEmpty()) {
            closeReader();
        }
        return message;
    }

    private void closeReader() throws IOException {
        ArchiveReader open = reader;
        reader = null;
        if (open != null) {
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
