package org.webhookbroker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;

/** Connections that have begun something and go on with it as slowly as they can. */
public final class SlowSockets implements AutoCloseable {
    /** Opens a connection. */
    public interface Opener {
        Socket open() throws IOException;
    }

    private final byte[] drip;
    private final List<Socket> sockets = new ArrayList<>();

    /** @param drip what each sends now and then; nothing if it is empty */
    public SlowSockets(byte[] drip) {
        this.drip = drip;
    }

    public SlowSockets open(int count, Opener opener, byte[] beginning) throws IOException {
        for (int i = 0; i < count; i++) {
            try {
                Socket socket = opener.open();
                sockets.add(socket);
                socket.setSoTimeout(1);
                socket.getOutputStream().write(beginning);
            } catch (SSLHandshakeException ended) {
                // Where there are too many, handshakes make room first: then it is one that is closed.
            }
        }
        return this;
    }

    /** Each sends a little more, and those that are closed are forgotten. Returns how many there are. */
    public int drip() throws IOException {
        for (Socket socket : List.copyOf(sockets)) {
            try {
                socket.getOutputStream().write(drip);
                while (socket.getInputStream().read(new byte[4096]) >= 0) {
                    // What it is told does not matter to it.
                }
                forget(socket);
            } catch (SocketTimeoutException open) {
                // As it should be.
            } catch (IOException reset) {
                forget(socket);
            }
        }
        return sockets.size();
    }

    private void forget(Socket socket) throws IOException {
        socket.close();
        sockets.remove(socket);
    }

    @Override
    public void close() {
        try {
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
