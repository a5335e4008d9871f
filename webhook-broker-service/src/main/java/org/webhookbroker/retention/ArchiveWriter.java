package org.webhookbroker.retention;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The archive files of one run, one after the other: each is written to disk, put to its remote place, and only then has its
 * name for good. A failure leaves only complete files behind. Used by one thread.
 */
final class ArchiveWriter implements AutoCloseable {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu_MM_dd'T'HH_mm_ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    /** Bounds the ids in memory that wait for their file to be durable, however short the lines are. */
    private static final int MOST_RECORDS = 100_000;

    private final RetentionSettings settings;
    private final InstantSource clock;
    private final String baseName;
    private final Optional<FolderStore> local;
    private final Optional<ArchiveStore> remote;
    private final Path folder;
    private @Nullable ArchiveFile file;
    private int records;

    private ArchiveWriter(RetentionSettings settings, InstantSource clock, Instant startedAt) throws IOException {
        this.settings = settings;
        this.clock = clock;
        this.baseName = settings.nodeName() + "_" + TIME.format(startedAt);
        this.local = settings.places().local();
        this.folder = local.isPresent() ? local.get().folder() : Files.createTempDirectory("broker-archive");
        this.remote = settings.places().remote();
    }

    static ArchiveWriter open(RetentionSettings settings, InstantSource clock) {
        try {
            return new ArchiveWriter(settings, clock, clock.instant());
        } catch (IOException failure) {
            throw new RetentionException("Cannot make a temporary folder for archives", failure);
        }
    }

    void write(ArchiveRecord archived) {
        try {
            ArchiveFile open = file;
            if (open == null) {
                open = ArchiveFile.create(
                        folder, "local_" + baseName + suffix(), settings.files().gzip());
                file = open;
            }
            open.write(archived, settings.files().redaction());
            records++;
        } catch (IOException failure) {
            throw new RetentionException("retention.localPath: cannot write archives to " + folder, failure);
        }
    }

    boolean isFull() {
        ArchiveFile open = file;
        return open != null && (open.size() >= settings.files().fullAt() || records >= MOST_RECORDS);
    }

    /**
     * Returns once what was written would survive any crash, in all places where it is to be kept. Does nothing if nothing
     * was written since.
     *
     * @param last whether it is the last file of the run: this one gets the plain name. The name of an earlier file has the second
     *     in which it was closed
     */
    void finish(boolean last) {
        ArchiveFile open = file;
        if (open == null) {
            return;
        }
        try {
            open.complete();
            String name = freeName(last);
            if (remote.isPresent()) {
                putRemote(remote.get(), open.path(), name);
            }
            if (local.isPresent()) {
                local.get().publish(open.path(), "local_" + name);
            }
            open.close();
            file = null;
            records = 0;
        } catch (IOException failure) {
            throw new RetentionException("Cannot complete an archive file in " + folder, failure);
        }
    }

    private static void putRemote(ArchiveStore store, Path path, String name) {
        try {
            store.put(path, name);
        } catch (IOException failure) {
            throw new RetentionException("retention.remoteUrl: cannot store " + name, failure);
        }
    }

    /** Never the name of another file, even when two are closed within one second, or two runs begin in one. */
    private String freeName(boolean last) throws IOException {
        String name = baseName + suffix();
        for (long second = clock.instant().getEpochSecond(); !last || isTaken(name); second++) {
            name = baseName + "_" + second + suffix();
            if (!isTaken(name)) {
                break;
            }
        }
        return name;
    }

    private boolean isTaken(String name) throws IOException {
        return (local.isPresent() && local.get().exists("local_" + name))
                || (remote.isPresent() && remote.get().exists(name));
    }

    private String suffix() {
        return settings.files().gzip() ? ".jsonl.gz" : ".jsonl";
    }

    /** A file that was not finished is forgotten: its messages are still stored. */
    @Override
    public void close() {
        try {
            if (file != null) {
                file.close();
            }
            if (local.isEmpty()) {
                Files.deleteIfExists(folder);
            }
        } catch (IOException failure) {
            throw new RetentionException("Cannot remove an incomplete archive file from " + folder, failure);
        } finally {
            remote.ifPresent(ArchiveStore::close);
        }
    }
}
