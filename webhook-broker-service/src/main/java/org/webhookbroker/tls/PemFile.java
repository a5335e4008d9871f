package org.webhookbroker.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.webhookbroker.database.StartRefusedException;

/**
 * A file in PEM, as certbot, cert-manager, Kubernetes and OpenSSL write it, at one moment. What cannot be used is a
 * {@link StartRefusedException} that names the setting.
 *
 * @param setting that names the file, for messages
 */
record PemFile(String setting, String path, List<Block> blocks) {
    /** Far more than any chain or bundle has. */
    private static final int LARGEST = 4 << 20;

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);
    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ");

    /** @param text what stands between the first and the last line */
    record Block(String type, String text) {
        boolean isEncrypted() {
            return type.equals("ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type:");
        }

        byte[] der() {
            return Base64.getMimeDecoder().decode(text);
        }

        /** It may hold a private key. */
        @Override
        public String toString() {
            return type;
        }
    }

    static PemFile read(String setting, String path) {
        String text = text(setting, path);
        List<Block> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            blocks.add(new Block(block.group(1), block.group(2)));
        }
        if (BEGIN.matcher(text).results().count() != blocks.size()) {
            throw new StartRefusedException(setting + ": " + path + " is not whole: a part has a beginning and no end");
        }
        return new PemFile(setting, path, List.copyOf(blocks));
    }

    private static String text(String setting, String path) {
        Path file;
        try {
            file = Path.of(path);
        } catch (InvalidPathException wrong) {
            throw new StartRefusedException(setting + ": " + path + " is no path of a file", wrong);
        }
        if (!Files.isRegularFile(file)) {
            throw new StartRefusedException(setting + ": there is no file " + path);
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new StartRefusedException(setting + ": " + path + " is larger than 4 MiB");
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (IOException failure) {
            throw new StartRefusedException(
                    setting + ": cannot read " + path + "; the user of the broker must be able to", failure);
        }
    }

    /** At least one. */
    List<X509Certificate> certificates() {
        List<X509Certificate> found = new ArrayList<>();
        for (Block block : blocks) {
            if (block.type().equals("CERTIFICATE")) {
                found.add(certificate(block));
            }
        }
        if (found.isEmpty()) {
            throw new StartRefusedException(
                    setting + ": " + path + " holds no certificate (-----BEGIN CERTIFICATE-----)");
        }
        return found;
    }

    private X509Certificate certificate(Block block) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(block.der()));
        } catch (CertificateException | IllegalArgumentException wrong) {
            throw new StartRefusedException(setting + ": " + path + " holds a certificate that cannot be read", wrong);
        }
    }
}
