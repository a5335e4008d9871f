package org.webhookbroker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;

/** A server at 127.0.0.2, which tells whether anybody has connected to it. */
public final class Uncalled implements AutoCloseable {
    public static final String ADDRESS = "127.0.0.2";

    private final ServerSocket listener;

    public Uncalled() {
        try {
            listener = new ServerSocket(0, 50, InetAddress.getByName(ADDRESS));
            listener.setSoTimeout(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** The system accepts connections by itself. */
    public boolean wasCalled() {
        try {
            listener.accept().close();
            return true;
        } catch (SocketTimeoutException nobody) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
