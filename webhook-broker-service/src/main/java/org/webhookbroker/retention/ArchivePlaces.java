package org.webhookbroker.retention;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where archives are kept; both places are possible.
 *
 * @param folder on this machine, with the prefix in it
 * @param prefix what the names of remote files begin with
 */
record ArchivePlaces(Optional<Path> folder, Optional<RemoteUrl> url, String prefix) {
    Optional<FolderStore> local() {
        return folder.map(FolderStore::new);
    }

    Optional<ArchiveStore> remote() {
        return url.map(known -> known.open(prefix));
    }

    boolean any() {
        return folder.isPresent() || url.isPresent();
    }
}
