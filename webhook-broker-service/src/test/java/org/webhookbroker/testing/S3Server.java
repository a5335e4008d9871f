package org.webhookbroker.testing;

import com.robothy.s3.rest.LocalS3;
import com.robothy.s3.rest.bootstrap.LocalS3Mode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A server of the S3 protocol, as S3-compatible storage on one's own machines. It keeps its objects in memory. */
public final class S3Server implements AutoCloseable {
    private final LocalS3 server;
    private final int port;

    public S3Server() {
        port = freePort();
        server = LocalS3.builder()
                .port(port)
                .mode(LocalS3Mode.IN_MEMORY)
                .nettyParentEventGroupThreadNum(1)
                .nettyChildEventGroupThreadNum(1)
                .s3ExecutorThreadNum(2)
                .build();
        server.start();
    }

    /** As {@code retention.remoteUrl} has it. */
    public String url(String bucket) {
        return "s3://" + bucket + "?region=eu-west-1&endpoint=" + endpoint();
    }

    public void createBucket(String bucket) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(endpoint() + "/" + bucket))
                    .PUT(HttpRequest.BodyPublishers.noBody())
                    .build();
            int status = HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.discarding())
                    .statusCode();
            if (status != 200) {
                throw new IllegalStateException("Creating a bucket was answered " + status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String endpoint() {
        return "http://127.0.0.1:" + port;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        server.shutdown();
    }
}
