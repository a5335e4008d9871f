package org.webhookbroker.retention;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** Archives in a folder, which must exist: it is never created, since a missing folder may be a missing mount. */
record FolderStore(Path folder) implements ArchiveStore {
    @Override
    public void put(Path file, String name) throws IOException {
        Path part = folder.resolve(name + ArchiveFile.PART);
        try {
            Files.copy(file, part, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            publish(part, name);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Gives a file of this folder, whose content is on disk already, its name for good. */
    void publish(Path part, String name) throws IOException {
        Files.move(part, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        // The name belongs to the folder, so it is on disk only once the folder is synced.
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public boolean exists(String name) {
        return Files.exists(folder.resolve(name));
    }

    /** Links are left out, as they lead elsewhere, and pipes, which would never end. */
    @Override
    public List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> file.getFileName().toString())
                    .filter(ArchiveStore::isArchive)
                    .sorted()
                    .toList();
        }
    }

    @Override
    public InputStream read(String name) throws IOException {
        return Files.newInputStream(folder.resolve(name));
    }
}
