package org.webhookbroker.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.webhookbroker.database.StartRefusedException;
import org.webhookbroker.testing.Der;
import org.webhookbroker.testing.TestAuthority;
import org.webhookbroker.testing.TestAuthority.Issued;
import org.webhookbroker.testing.TestAuthority.Validity;

/** Certificates and keys in files: the forms that are in use, and a sentence for what cannot be used. */
class CertifiedKeyTest {
    @TempDir
    static Path folder;

    private final TestAuthority root = TestAuthority.named("root");
    private final TestAuthority authority = root.below("authority");
    private final Issued issued = authority.issue("broker.test");

    @ParameterizedTest
    @CsvSource({"EC, 256", "EC, 384", "EC, 521", "RSA, 2048", "RSA, 4096", "RSASSA-PSS, 2048"})
    void keysOfTheKindsThatAreInUse(String algorithm, int bits) throws IOException {
        KeyPair pair = TestAuthority.keyPair(algorithm, bits);
        Issued its = authority.issue("broker.test", pair, Validity.DAY);

        assertThat(read(its.pem(), its.keyPem()).key()).isEqualTo(pair.getPrivate());
    }

    /** What {@code openssl genrsa} and {@code openssl ecparam} write, and cert-manager by default. */
    @ParameterizedTest
    @CsvSource({
        "RSA, 2048, RSA PRIVATE KEY",
        "RSA, 4096, RSA PRIVATE KEY",
        "EC, 256, EC PRIVATE KEY",
        "EC, 521, EC PRIVATE KEY"
    })
    void keysInTheirOwnForm(String algorithm, int bits, String type) throws IOException {
        KeyPair pair = TestAuthority.keyPair(algorithm, bits);
        Issued its = authority.issue("broker.test", pair, Validity.DAY);
        String parameters = Der.pem("EC PARAMETERS", Der.hex("06082a8648ce3d030107"));
        String own = Der.pem(type, inside(pair.getPrivate()));

        assertThat(read(its.pem(), (algorithm.equals("EC") ? parameters : "") + own)
                        .key())
                .isEqualTo(pair.getPrivate());
    }

    /** What PKCS #8 has in its last element. */
    private static byte[] inside(PrivateKey key) {
        byte[] all = key.getEncoded();
        int start = all[1] == (byte) 0x82 ? 4 : all[1] == (byte) 0x81 ? 3 : 2;
        start += 3; // the version
        start += 2 + all[start + 1]; // the algorithm
        int skip = all[start + 1] == (byte) 0x82 ? 4 : all[start + 1] == (byte) 0x81 ? 3 : 2;
        return Arrays.copyOfRange(all, start + skip, all.length);
    }

    @Test
    void theChainIsPutInOrder() throws IOException {
        X509Certificate other = TestAuthority.named("other").certificate();
        List<X509Certificate> mixed = List.of(other, root.certificate(), authority.certificate(), issued.certificate());
        StringBuilder text = new StringBuilder("Bag Attributes\r\n  friendlyName: x - y\r\n");
        mixed.forEach(each -> text.append(pem(each).replace("\n", "\r\n")));

        assertThat(read(text.toString(), issued.keyPem()).chain())
                .containsExactly(issued.certificate(), authority.certificate(), root.certificate());
    }

    @Test
    void bothMayBeInOneFile() throws IOException {
        Path file = write("both.pem", issued.keyPem() + issued.pem());
        CertifiedKey read = CertifiedKey.read("tls", file.toString(), file.toString(), Instant.now());

        assertThat(read.chain()).isEqualTo(issued.chain());
        assertThat(read).isEqualTo(read(issued.pem(), issued.keyPem()));
    }

    @Test
    void itsTextHasNoKey() throws IOException {
        CertifiedKey read = read(issued.pem(), issued.keyPem());

        assertThat(read.toString())
                .isEqualTo("CN=broker.test, until "
                        + issued.certificate().getNotAfter().toInstant());
        Path key = write("key.pem", issued.keyPem());
        assertThat(PemFile.read("tls.key", key.toString()).toString())
                .doesNotContain(issued.keyPem().substring(30, 60));
    }

    @Test
    void aFileThatIsMissing() {
        assertRefused(
                folder.resolve("none.pem").toString(), keyFile(), "tls.certificate: there is no file ", "none.pem");
        assertRefused(certificateFile(), folder.toString(), "tls.key: there is no file ", folder.toString());
        assertRefused(certificateFile(), "a\0b", "tls.key: ", "is no path");
    }

    @Test
    void aKeyOfAnotherCertificate() {
        for (String algorithm : List.of("EC", "RSA")) {
            Issued other = authority.issue(
                    "broker.test", TestAuthority.keyPair(algorithm, algorithm.equals("EC") ? 256 : 2048), Validity.DAY);
            assertRefused(
                    certificateFile(),
                    write("other.pem", other.keyPem()).toString(),
                    "tls.key: ",
                    "other.pem is not the key of the certificate in ",
                    "made together");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            CERTIFICATE           | holds no private key
            PRIVATE KEY           | is not the key
            ENCRYPTED PRIVATE KEY | is encrypted; write it without a password
            """)
    void aFileWithoutAKeyThatCanBeRead(String type, String sentence) {
        assertRefused(
                certificateFile(),
                write("bad.pem", Der.pem(type, new byte[] {1, 2})).toString(),
                "tls.key: ",
                sentence);
    }

    @Test
    void anEncryptedKeyInItsOwnForm() {
        String text = Der.pem("RSA PRIVATE KEY", new byte[100])
                .replace("KEY-----\nA", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nA");
        assertRefused(certificateFile(), write("bad.pem", text).toString(), "tls.key: ", "is encrypted");
    }

    @Test
    void severalKeys() {
        String two = issued.keyPem() + authority.issue("x").keyPem();
        assertRefused(certificateFile(), write("two.pem", two).toString(), "tls.key: ", "holds several keys");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            ""                                                            | holds no certificate
            hello                                                         | holds no certificate
            -----BEGIN CERTIFICATE-----                                   | is not whole
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" | holds a certificate that cannot be read
            "-----BEGIN CERTIFICATE-----\n?=?\n-----END CERTIFICATE-----"  | holds a certificate that cannot be read
            """)
    void aFileWithoutACertificate(String text, String sentence) {
        assertRefused(write("bad.pem", text.replace("\\n", "\n")).toString(), keyFile(), "tls.certificate: ", sentence);
    }

    /** Its first part is a whole certificate. */
    @Test
    void aFileOfWhichHalfIsWritten() {
        String half = issued.pem().substring(0, issued.pem().length() - 40);
        assertThat(half).contains("-----END CERTIFICATE-----");
        assertRefused(write("half.pem", half).toString(), keyFile(), "tls.certificate: ", "is not whole");
    }

    @Test
    void aFileWithoutEnd() {
        assertRefused("/dev/zero", keyFile(), "tls.certificate: there is no file /dev/zero");
        Path large = write("large.pem", " ".repeat((4 << 20) + 1));
        assertRefused(large.toString(), keyFile(), "tls.certificate: ", "is larger than 4 MiB");
    }

    @Test
    void aCertificateThatEnded() {
        Issued old = authority.issue(
                "old.test", TestAuthority.keyPair("EC", 256), Validity.of(Duration.ofDays(-2), Duration.ofDays(-1)));
        assertRefused(old, "tls.certificate: the certificate CN=old.test in ", " ended at ", "; renew it");
    }

    @Test
    void aCertificateThatDoesNotBeginYet() {
        Issued early = authority.issue(
                "new.test", TestAuthority.keyPair("EC", 256), Validity.of(Duration.ofDays(1), Duration.ofDays(2)));
        assertRefused(early, "tls.certificate: the certificate CN=new.test in ", " begins only at ", "clock");
    }

    @Test
    void authoritiesAreNoClients() {
        Path bundle =
                write("bundle.pem", root.pem() + TestAuthority.named("second").pem());
        assertThat(Authorities.read("tls.clientAuthorities", bundle.toString()).certificates())
                .hasSize(2);

        Path wrong = write("clients.pem", root.pem() + issued.pem());
        assertThatThrownBy(() -> Authorities.read("tls.clientAuthorities", wrong.toString()))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("tls.clientAuthorities: CN=broker.test in ")
                .hasMessageContaining("is no authority");
    }

    private static String pem(X509Certificate certificate) {
        return new Issued(null, certificate, List.of()).pem();
    }

    private String certificateFile() {
        return write("certificate.pem", issued.pem()).toString();
    }

    private String keyFile() {
        return write("key.pem", issued.keyPem()).toString();
    }

    private void assertRefused(Issued whose, String... parts) {
        assertRefused(
                write("c.pem", whose.pem()).toString(),
                write("k.pem", whose.keyPem()).toString(),
                parts);
    }

    private static void assertRefused(String certificate, String key, String... parts) {
        assertThatThrownBy(() -> CertifiedKey.read("tls", certificate, key, Instant.now()))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContainingAll(parts)
                .message()
                .startsWith(parts[0])
                .doesNotContain("\n");
    }

    private static CertifiedKey read(String certificate, String key) throws IOException {
        return CertifiedKey.read(
                "tls",
                write("certificate.pem", certificate).toString(),
                write("key.pem", key).toString(),
                Instant.now());
    }

    private static Path write(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
