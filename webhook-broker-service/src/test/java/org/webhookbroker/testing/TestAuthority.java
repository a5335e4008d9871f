package org.webhookbroker.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/** An authority that a test has made, and the certificates that it signs. The JDK can read them, but not make them. */
public final class TestAuthority {
    private static final AtomicInteger SERIAL = new AtomicInteger();
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    /** Object identifiers, encoded. */
    private static final byte[] ECDSA_SHA256 = Der.hex("06082a8648ce3d040302");

    private static final byte[] COMMON_NAME = Der.hex("0603550403");
    private static final byte[] BASIC_CONSTRAINTS = Der.hex("0603551d13");
    private static final byte[] OTHER_NAMES = Der.hex("0603551d11");

    private final String name;
    private final KeyPair keys = keyPair("EC", 256);
    private final X509Certificate certificate;
    private final List<X509Certificate> above;

    private TestAuthority(String name, TestAuthority signer) {
        this.name = name;
        TestAuthority by = signer == null ? this : signer;
        this.certificate = by.sign(name, keys.getPublic(), Validity.DAY, true);
        this.above = signer == null ? List.of() : signer.path();
    }

    /** @param name of the authority, as its certificates show it */
    public static TestAuthority named(String name) {
        return new TestAuthority(name, null);
    }

    /** One that this one has signed. */
    public TestAuthority below(String itsName) {
        return new TestAuthority(itsName, this);
    }

    /** When a certificate begins and ends. */
    public record Validity(Instant from, Instant to) {
        public static final Validity DAY = of(Duration.ofDays(-1), Duration.ofDays(1));

        public static Validity of(Duration from, Duration to) {
            Instant now = Instant.now();
            return new Validity(now.plus(from), now.plus(to));
        }
    }

    /** @param path of those that lead to the authority, without the authority itself */
    public record Issued(PrivateKey key, X509Certificate certificate, List<X509Certificate> path) {
        public List<X509Certificate> chain() {
            return Stream.concat(Stream.of(certificate), path.stream()).toList();
        }

        public String pem() {
            return TestAuthority.pem(chain());
        }

        public String keyPem() {
            return Der.pem("PRIVATE KEY", key.getEncoded());
        }
    }

    /** Of an elliptic curve, for a day. Its names are {@code localhost}, 127.0.0.1 and this one. */
    public Issued issue(String itsName) {
        return issue(itsName, keyPair("EC", 256), Validity.DAY);
    }

    public Issued issue(String itsName, KeyPair pair, Validity validity) {
        return new Issued(pair.getPrivate(), sign(itsName, pair.getPublic(), validity, false), intermediates());
    }

    public static KeyPair keyPair(String algorithm, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Of this authority. */
    public String pem() {
        return pem(List.of(certificate));
    }

    public X509Certificate certificate() {
        return certificate;
    }

    private List<X509Certificate> path() {
        return Stream.concat(Stream.of(certificate), above.stream()).toList();
    }

    private List<X509Certificate> intermediates() {
        return path().stream()
                .filter(each -> !each.getSubjectX500Principal().equals(each.getIssuerX500Principal()))
                .toList();
    }

    private static String pem(List<X509Certificate> certificates) {
        return certificates.stream()
                .map(each -> {
                    try {
                        return Der.pem("CERTIFICATE", each.getEncoded());
                    } catch (GeneralSecurityException failure) {
                        throw new IllegalStateException(failure);
                    }
                })
                .collect(Collectors.joining());
    }

    /** For clients that trust this authority alone. */
    public SSLContext trusting() {
        return context(null);
    }

    /** For clients that show this certificate too, whatever the server asks for. */
    public SSLContext showing(Issued own) {
        return context(new KeyManager[] {new Insistent(own)});
    }

    private SSLContext context(KeyManager[] own) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("authority", certificate);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static final class Insistent extends X509ExtendedKeyManager {
        private static final String ALIAS = "own";
        private final Issued own;

        Insistent(Issued own) {
            this.own = own;
        }

        @Override
        public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
            return ALIAS;
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return ALIAS;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return own.chain().toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return own.key();
        }

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return null;
        }
    }

    /** RFC 5280. */
    private X509Certificate sign(String subject, PublicKey key, Validity validity, boolean authority) {
        byte[] algorithm = Der.sequence(ECDSA_SHA256);
        byte[] names = Der.sequence(
                Der.tagged(0x82, "localhost".getBytes(StandardCharsets.US_ASCII)),
                Der.tagged(0x82, subject.getBytes(StandardCharsets.US_ASCII)),
                Der.tagged(0x87, new byte[] {127, 0, 0, 1}));
        byte[] constraints = authority ? Der.sequence(Der.tagged(0x01, new byte[] {-1})) : Der.sequence();
        byte[] body = Der.sequence(
                Der.hex("a003020102"), // version 3
                Der.tagged(0x02, BigInteger.valueOf(SERIAL.incrementAndGet()).toByteArray()),
                algorithm,
                dn(name),
                Der.sequence(time(validity.from()), time(validity.to())),
                dn(subject),
                key.getEncoded(),
                Der.tagged(
                        0xa3,
                        Der.sequence(
                                Der.sequence(BASIC_CONSTRAINTS, Der.tagged(0x04, constraints)),
                                Der.sequence(OTHER_NAMES, Der.tagged(0x04, names)))));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update(body);
            byte[] all = Der.sequence(body, algorithm, Der.tagged(0x03, new byte[] {0}, signature.sign()));
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(all));
        } catch (GeneralSecurityException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static byte[] dn(String commonName) {
        byte[] text = Der.tagged(0x0c, commonName.getBytes(StandardCharsets.UTF_8));
        return Der.sequence(Der.tagged(0x31, Der.sequence(COMMON_NAME, text)));
    }

    private static byte[] time(Instant instant) {
        return Der.tagged(0x18, TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
    }
}
