package org.webhookbroker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The way to the database as a TCP relay, which can be cut, half closed, slowed down and mended. Thread-safe. */
public final class DatabaseLine implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("//([^:/]+):(\\d+)/");

    private final ServerSocket listener;
    private final String jdbcUrl;
    private final String host;
    private final int port;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Set<Socket> nearSides = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;
    private volatile Duration delay = Duration.ZERO;

    private DatabaseLine(ServerSocket listener, String url) {
        Matcher address = ADDRESS.matcher(url);
        if (!address.find()) {
            throw new IllegalArgumentException(url);
        }
        this.listener = listener;
        this.host = address.group(1);
        this.port = Integer.parseInt(address.group(2));
        this.jdbcUrl = address.replaceFirst("//127.0.0.1:" + listener.getLocalPort() + "/");
    }

    public static DatabaseLine to(MariaDbExtension mariaDb) {
        try {
            DatabaseLine line =
                    new DatabaseLine(new ServerSocket(0, 64, InetAddress.getLoopbackAddress()), mariaDb.jdbcUrl());
            run(line::accept);
            return line;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public String jdbcUrl() {
        return jdbcUrl;
    }

    /** Breaks every connection; new ones break at once, until the line is mended. */
    public void cut() {
        cut = true;
        open.forEach(DatabaseLine::close);
    }

    /** The database says no more on any connection that is open, though it still listens; new ones work. */
    public void halfClose() {
        nearSides.forEach(DatabaseLine::shutDown);
    }

    /** Delays whatever comes from the database. */
    public void slowDown(Duration by) {
        delay = by;
    }

    public void mend() {
        cut = false;
        delay = Duration.ZERO;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket near = listener.accept();
                if (cut) {
                    close(near);
                } else {
                    Socket far = new Socket(host, port);
                    near.setTcpNoDelay(true);
                    far.setTcpNoDelay(true);
                    open.add(near);
                    open.add(far);
                    nearSides.add(near);
                    run(() -> relay(near, far));
                    run(() -> relay(far, near));
                }
            } catch (IOException closed) {
                // By close(), or the other side is gone.
            }
        }
    }

    private void relay(Socket from, Socket to) {
        try (from;
                to) {
            byte[] chunk = new byte[16 << 10];
            for (int count = from.getInputStream().read(chunk);
                    count >= 0;
                    count = from.getInputStream().read(chunk)) {
                if (nearSides.contains(to)) {
                    TimeUnit.NANOSECONDS.sleep(delay.toNanos());
                }
                to.getOutputStream().write(chunk, 0, count);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException broken) {
            // Tests break it on purpose.
        } finally {
            open.remove(from);
            open.remove(to);
            nearSides.remove(from);
            nearSides.remove(to);
        }
    }

    private static void run(Runnable task) {
        Thread thread = new Thread(task, "database-line");
        thread.setDaemon(true);
        thread.start();
    }

    private static void shutDown(Socket socket) {
        try {
            socket.shutdownOutput();
        } catch (IOException already) {
            // It is going away.
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException already) {
            // It is going away.
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        cut();
    }
}
