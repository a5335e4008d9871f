package org.webhookbroker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A port at which nobody listens, and which nobody else is given meanwhile. */
public final class RefusingPort implements AutoCloseable {
    private final Socket reserved = new Socket();

    public RefusingPort() {
        try {
            reserved.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public int port() {
        return reserved.getLocalPort();
    }

    public String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    @Override
    public void close() {
        try {
            reserved.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
