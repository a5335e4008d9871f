package org.webhookbroker.database.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServerCommandTest {
    @TempDir
    Path folder;

    /** Two brokers that are installed at once on one machine removed each other's temporary tables. */
    @Test
    void eachFolderHasTemporaryTablesOfItsOwn() throws Exception {
        EmbeddedSettings settings = new EmbeddedSettings(folder, 1 << 20, 1 << 20, 10);
        MariaDbBinaries binaries =
                new MariaDbBinaries(Path.of("/bin/mariadbd"), Path.of("/bin/mariadb-install-db"), Path.of("/usr"));
        ServerCommand command = new ServerCommand(binaries, settings);

        assertThat(command.install(settings.data()).environment())
                .containsEntry("TMPDIR", folder.resolve("tmp").toString());
        assertThat(command.serve(1, folder.resolve("init")).command()).contains("--tmpdir=" + folder.resolve("tmp"));
        assertThat(folder.resolve("tmp")).isDirectory();
    }
}
