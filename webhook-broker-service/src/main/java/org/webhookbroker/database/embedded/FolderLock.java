package org.webhookbroker.database.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.database.StartRefusedException;

/** Lets only one broker use a data folder. The kernel releases the lock when the broker dies, however it dies. */
final class FolderLock implements AutoCloseable {
    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    static FolderLock take(Path folder) {
        try {
            Files.createDirectories(folder);
            FileChannel channel = FileChannel.open(
                    folder.resolve("broker.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw new StartRefusedException(
                        "database.embedded.dataFolder: " + folder + " is in use by another broker. "
                                + "Stop that one, give this one a folder of its own, or let both share an external MariaDB "
                                + "(DATABASE_URL)");
            }
            return new FolderLock(channel);
        } catch (IOException e) {
            throw new StartRefusedException(
                    "database.embedded.dataFolder: cannot write to " + folder
                            + ": choose a folder the broker owns by DATA_FOLDER, or give an external MariaDB by DATABASE_URL",
                    e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
