package org.webhookbroker.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;

/** One HTTP/1.1 connection that does as little work as possible: the CPU that it uses is not there for the broker. */
final class Connection implements AutoCloseable {
    private static final int HEAD_END = 0x0D0A0D0A;
    private static final int STATUS_AT = 9;

    private final Socket socket;
    private final InputStream in;
    private final byte[] buffer = new byte[64 << 10];
    private int next;
    private int end;

    Connection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        socket.setTcpNoDelay(true);
    }

    static Connection to(int port) throws IOException {
        return new Connection(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** The status of the answer, which is read to its end. */
    int readAnswer() throws IOException {
        Head head = readHead();
        skip(head.contentLength());
        return Integer.parseInt(head.text().substring(STATUS_AT, STATUS_AT + 3));
    }

    /** The head of a request or an answer; its body comes next. */
    Head readHead() throws IOException {
        StringBuilder text = new StringBuilder(512);
        int last = 0;
        while (last != HEAD_END) {
            int read = read();
            last = last << 8 | read;
            text.append((char) read);
        }
        return new Head(text.toString());
    }

    void skip(int bytes) throws IOException {
        int left = bytes;
        while (left > 0) {
            if (next == end) {
                fill();
            }
            int step = Math.min(left, end - next);
            next += step;
            left -= step;
        }
    }

    private int read() throws IOException {
        if (next == end) {
            fill();
        }
        return buffer[next++];
    }

    private void fill() throws IOException {
        int count = in.read(buffer);
        if (count < 0) {
            throw new EOFException();
        }
        next = 0;
        end = count;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
