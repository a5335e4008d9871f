package org.webhookbroker.database.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Statements that the server runs before it takes connections. Readable by its owner only, as it holds the password. */
final class InitFile {
    private InitFile() {}

    /** One statement a line: the server reads it so. */
    static Path write(Path folder, String schema, String user, String password) throws IOException {
        Path file = folder.resolve("init.sql");
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        String account = "'" + user + "'@'127.0.0.1'";
        return Files.writeString(file, """
                CREATE DATABASE IF NOT EXISTS %s CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
                CREATE OR REPLACE USER %s IDENTIFIED BY '%s';
                GRANT ALL PRIVILEGES ON *.* TO %s;
                """.formatted(schema, account, password, account));
    }
}
