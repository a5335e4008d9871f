package org.webhookbroker.retention;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/** A place where archive files are kept for good. Used by one run at a time. */
interface ArchiveStore extends AutoCloseable {
    /** Returns once the file would survive a crash, and was seen to be there in its full length. */
    void put(Path file, String name) throws IOException;

    boolean exists(String name) throws IOException;

    /** The archive files, in the order of their names. */
    List<String> names() throws IOException;

    InputStream read(String name) throws IOException;

    @Override
    default void close() {}

    static boolean isArchive(String name) {
        return name.endsWith(".jsonl") || name.endsWith(".jsonl.gz");
    }
}
