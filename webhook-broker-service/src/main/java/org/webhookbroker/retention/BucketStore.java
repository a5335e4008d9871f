package org.webhookbroker.retention;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Archives in a bucket, by the protocol of S3. A file is one PUT with its MD5. Every storage of this protocol checks that, and none
 * but Amazon's needs more. Some, Google's among them, refuse the checksums that Amazon's client adds by default.
 */
final class BucketStore implements ArchiveStore {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    private static final Duration SILENCE_LIMIT = Duration.ofMinutes(1);
    private static final String SOMEWHERE = "us-east-1";

    private final S3Client client;
    private final String bucket;
    private final String prefix;

    private BucketStore(S3Client client, String bucket, String prefix) {
        this.client = client;
        this.bucket = bucket;
        this.prefix = prefix.isEmpty() ? "" : prefix + "/";
    }

    static BucketStore open(RemoteUrl url, String prefix) {
        S3ClientBuilder builder = S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(CONNECT_LIMIT)
                        .socketTimeout(SILENCE_LIMIT))
                .forcePathStyle(url.pathStyle())
                .serviceConfiguration(service -> service.chunkedEncodingEnabled(false))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        url.endpoint().ifPresent(builder::endpointOverride);
        // Self-hosted storage has no regions, but the signature needs the name of one.
        url.region()
                .or(() -> url.endpoint().map(own -> SOMEWHERE))
                .map(Region::of)
                .ifPresent(builder::region);
        try {
            return new BucketStore(builder.build(), url.place(), prefix);
        } catch (SdkException unusable) {
            throw new RetentionException("retention.remoteUrl: cannot use bucket " + url.place(), unusable);
        }
    }

    @Override
    public void put(Path file, String name) throws IOException {
        long size = Files.size(file);
        String digest = md5(file);
        call(() -> client.putObject(
                request -> request.bucket(bucket).key(prefix + name).contentMD5(digest), RequestBody.fromFile(file)));
        long stored = call(() ->
                        client.headObject(request -> request.bucket(bucket).key(prefix + name)))
                .contentLength();
        if (stored != size) {
            throw new IOException(
                    "bucket %s has %s bytes of %s%s, not %s".formatted(bucket, stored, prefix, name, size));
        }
    }

    @Override
    public boolean exists(String name) throws IOException {
        return call(() -> {
            try {
                client.headObject(request -> request.bucket(bucket).key(prefix + name));
                return true;
            } catch (NoSuchKeyException absent) {
                return false;
            }
        });
    }

    @Override
    public List<String> names() throws IOException {
        return call(() ->
                client.listObjectsV2Paginator(request -> request.bucket(bucket).prefix(prefix)).contents().stream()
                        .map(S3Object::key)
                        .map(key -> key.substring(prefix.length()))
                        .filter(ArchiveStore::isArchive)
                        .sorted()
                        .toList());
    }

    @Override
    public InputStream read(String name) throws IOException {
        return call(() -> client.getObject(request -> request.bucket(bucket).key(prefix + name)));
    }

    @Override
    public void close() {
        client.close();
    }

    private static <T> T call(Supplier<T> call) throws IOException {
        try {
            return call.get();
        } catch (SdkException failure) {
            throw new IOException(failure.getMessage(), failure);
        }
    }

    @SuppressWarnings("WeakMessageDigestAlgorithm") // against accidents, not against people
    private static String md5(Path file) throws IOException {
        try (DigestInputStream digest =
                new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("MD5"))) {
            digest.transferTo(OutputStream.nullOutputStream());
            return Base64.getEncoder().encodeToString(digest.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
