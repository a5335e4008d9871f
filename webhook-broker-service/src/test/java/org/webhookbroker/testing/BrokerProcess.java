package org.webhookbroker.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packaged broker as a process of its own, on the database of a {@link MariaDbExtension} and on ports of the system's choice. */
public final class BrokerProcess implements AutoCloseable {
    private static final Pattern STARTED = Pattern.compile("Started (application|admin)@.*:(\\d+)}");

    private final Process process;
    private final CompletableFuture<Integer> port = new CompletableFuture<>();
    private final CompletableFuture<Integer> adminPort = new CompletableFuture<>();

    private BrokerProcess(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "broker-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** @param environment more settings of {@code config.yml}, as {@code NAME=value} */
    public static BrokerProcess start(MariaDbExtension mariaDb, String... environment) {
        return new BrokerProcess(launch("server", mariaDb, environment));
    }

    /** Runs another command of the packaged broker to its end and returns its exit code. */
    public static int run(String command, MariaDbExtension mariaDb, String... environment) throws InterruptedException {
        Process process = launch(command, mariaDb, environment);
        try (BufferedReader output = process.inputReader()) {
            output.lines().forEach(line -> System.out.println("[" + process.pid() + "] " + line));
            return process.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Process launch(String command, MariaDbExtension mariaDb, String... environment) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        ProcessBuilder builder = new ProcessBuilder(
                java.toString(),
                "-Xmx256m",
                // It starts in half the time, and has no chance to become as fast as it might.
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar().toString(),
                command,
                root().resolve("config.yml").toString());
        builder.redirectErrorStream(true);
        builder.environment().put("PORT", "0");
        builder.environment().put("ADMIN_PORT", "0");
        builder.environment().put("BIND_HOST", "127.0.0.1");
        builder.environment().put("ADMIN_BIND_HOST", "127.0.0.1");
        builder.environment().put("DATABASE_URL", mariaDb.jdbcUrl());
        builder.environment().put("DATABASE_USER", mariaDb.user());
        builder.environment().put("DATABASE_PASSWORD", mariaDb.password());
        for (String setting : environment) {
            String[] parts = setting.split("=", 2);
            builder.environment().put(parts[0], parts[1]);
        }
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String url() {
        return "http://127.0.0.1:" + get(port);
    }

    public String adminUrl() {
        return "http://127.0.0.1:" + get(adminPort);
    }

    /** {@code kill -9}. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** {@code SIGSTOP}: it stands still, and its connections stay open, until {@link #thaw}. */
    public void freeze() {
        Signals.send(process.pid(), "STOP");
    }

    public void thaw() {
        Signals.send(process.pid(), "CONT");
    }

    /** SIGTERM, and its exit code. */
    public int stop() throws InterruptedException {
        process.destroy();
        return process.waitFor();
    }

    @Override
    public void close() {
        kill();
    }

    private static Path root() {
        return Path.of("").toAbsolutePath().getParent();
    }

    private static Path jar() {
        Path jar = Path.of("target", "webhook-broker-service.jar").toAbsolutePath();
        if (!Files.exists(jar)) {
            throw new IllegalStateException(jar + " is missing: this test runs after mvn package");
        }
        return jar;
    }

    private void read() {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                Matcher started = STARTED.matcher(line);
                if (started.find()) {
                    (started.group(1).equals("admin") ? adminPort : port).complete(Integer.valueOf(started.group(2)));
                }
                if (line.startsWith("ERROR") || line.startsWith("WARN")) {
                    System.out.println("[" + process.pid() + "] " + line);
                }
            }
        } catch (IOException e) {
            // The process has ended.
        }
        List.of(port, adminPort)
                .forEach(each -> each.completeExceptionally(new IllegalStateException("The broker has ended")));
    }

    private static int get(CompletableFuture<Integer> port) {
        try {
            return port.get(2, TimeUnit.MINUTES);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("The broker did not start", e);
        }
    }
}
