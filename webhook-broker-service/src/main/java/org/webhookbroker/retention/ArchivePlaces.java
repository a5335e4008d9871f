package org.webhookbroker.retention;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where archives are kept; both places are possible.
 *
 * @param base the folder on this machine, without the prefix
 * @param prefix of the names of remote files, and a folder below the base
 */
record ArchivePlaces(Optional<Path> base, Optional<RemoteUrl> url, String prefix) {
    Optional<Path> folder() {
        return base.map(path -> path.resolve(prefix));
    }

    Optional<FolderStore> local() {
        return folder().map(FolderStore::new);
    }

    Optional<ArchiveStore> remote() {
        return url.map(known -> known.open(prefix));
    }

    boolean any() {
        return base.isPresent() || url.isPresent();
    }

    /**
     * The part of these places that a text names, as a folder or as a URL. Empty for anything else: the broker goes with its own credentials
     * and rights, so it goes only where the configuration sends it.
     */
    Optional<ArchivePlaces> within(String source) {
        if (source.startsWith("/")) {
            return below(source).map(path -> new ArchivePlaces(Optional.of(path), Optional.empty(), ""));
        }
        Optional<RemoteUrl> wanted = RemoteUrl.parse(source);
        if (wanted.isPresent() && wanted.get().kind() == RemoteUrl.Kind.FOLDER) {
            return within(wanted.get().place());
        }
        return wanted.flatMap(given -> url.flatMap(own -> own.below(given)))
                .map(part -> new ArchivePlaces(Optional.empty(), Optional.of(part), ""));
    }

    private Optional<Path> below(String source) {
        return base.flatMap(own -> below(own, source))
                .or(() -> url.filter(own -> own.kind() == RemoteUrl.Kind.FOLDER)
                        .flatMap(own -> below(Path.of(own.place()), source)));
    }

    /** A link may lead out of the folder, so what it leads to is judged. What does not exist cannot be judged. */
    private static Optional<Path> below(Path own, String source) {
        try {
            Path real = Path.of(source).toRealPath();
            return real.startsWith(own.toRealPath()) ? Optional.of(real) : Optional.empty();
        } catch (IOException | InvalidPathException absent) {
            return Optional.empty();
        }
    }
}
