package org.webhookbroker.http.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.webhookbroker.testing.TestAuthority.Issued;

/** The files of a certificate and its key in a folder, replaced as those do it who renew them. */
record TlsFiles(Path folder) {
    TlsFactory settings() {
        TlsFactory settings = new TlsFactory();
        settings.certificate = certificate().toString();
        settings.key = key().toString();
        return settings;
    }

    Path certificate() {
        return folder.resolve("tls.crt");
    }

    Path key() {
        return folder.resolve("tls.key");
    }

    /** One file after the other, each at once, as certbot does. */
    TlsFiles put(Issued issued) throws IOException {
        put(certificate(), issued.pem());
        put(key(), issued.keyPem());
        return this;
    }

    void put(Path file, String text) throws IOException {
        Path next = Files.writeString(folder.resolve("next"), text);
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Both at once, as Kubernetes does: the files lead to a folder, and the name of that changes. */
    void swap(Issued issued, String version) throws IOException {
        Path versioned = Files.createDirectory(folder.resolve(version));
        Files.writeString(versioned.resolve("tls.crt"), issued.pem());
        Files.writeString(versioned.resolve("tls.key"), issued.keyPem());
        Path next = Files.createSymbolicLink(folder.resolve("..next"), Path.of(version));
        Files.move(next, folder.resolve("..data"), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        for (Path file : new Path[] {certificate(), key()}) {
            if (!Files.isSymbolicLink(file)) {
                Files.createSymbolicLink(file, Path.of("..data").resolve(file.getFileName()));
            }
        }
    }
}
