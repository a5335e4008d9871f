package org.webhookbroker.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packaged broker as a process of its own, on the database of a {@link MariaDbExtension} and on ports of the system's choice. */
public final class BrokerProcess implements AutoCloseable {
    private static final Pattern STARTED = Pattern.compile("Started (application|admin)@.*:(\\d+)}");

    private final Process process;
    private final CompletableFuture<Integer> port = new CompletableFuture<>();
    private final CompletableFuture<Integer> adminPort = new CompletableFuture<>();
    private final AtomicLong logged = new AtomicLong();
    private volatile boolean outOfMemory;

    private BrokerProcess(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "broker-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** @param environment more settings of {@code config.yml}, as {@code NAME=value} */
    public static BrokerProcess start(MariaDbExtension mariaDb, String... environment) {
        return start(Release.built(), access(mariaDb, environment));
    }

    /** @param environment settings, those of the database too */
    public static BrokerProcess start(List<String> environment) {
        return start(Release.built(), environment);
    }

    /** @param environment settings, those of the database too */
    public static BrokerProcess start(Release release, List<String> environment) {
        return new BrokerProcess(launch(quickToStart(release), "server", release.configuration(), environment));
    }

    /**
     * By {@code deploy/webhook-broker}, as in production.
     *
     * @param home a clone in which it is built, or the folder where it is installed
     * @param options more of the JVM
     * @param environment settings, those of the database too
     */
    public static BrokerProcess startForProduction(Path home, List<String> options, List<String> environment) {
        List<String> all = new ArrayList<>(environment);
        all.add("JAVA_OPTS=" + String.join(" ", options));
        return new BrokerProcess(inProduction(home, "server", all));
    }

    /** Runs another command to its end; what it says is of interest only if it fails. */
    public static void runForProduction(Path home, String command, List<String> environment)
            throws InterruptedException, IOException {
        Process process = inProduction(home, command, environment);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(command + " failed: " + output);
        }
    }

    private static Process inProduction(Path home, String command, List<String> environment) {
        List<String> all = new ArrayList<>(environment);
        all.add("JAVA_HOME=" + System.getProperty("java.home"));
        String launcher = home.resolve("deploy/webhook-broker").toString();
        return launch(List.of(launcher), command, home.resolve("config.yml"), all);
    }

    /** Runs another command of the packaged broker to its end and returns its exit code. */
    public static int run(String command, MariaDbExtension mariaDb, String... environment) throws InterruptedException {
        return run(Release.built(), command, access(mariaDb, environment));
    }

    /**
     * @param command such as {@code db migrate}
     * @param environment settings, those of the database too
     */
    public static int run(Release release, String command, List<String> environment) throws InterruptedException {
        Process process = launch(quickToStart(release), command, release.configuration(), environment);
        try (BufferedReader output = process.inputReader()) {
            output.lines().forEach(line -> System.out.println("[" + process.pid() + "] " + line));
            return process.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> access(MariaDbExtension mariaDb, String... environment) {
        List<String> all = new ArrayList<>(List.of(
                "DATABASE_URL=" + mariaDb.jdbcUrl(),
                "DATABASE_USER=" + mariaDb.user(),
                "DATABASE_PASSWORD=" + mariaDb.password()));
        all.addAll(List.of(environment));
        return all;
    }

    /** So it starts in half the time, and never becomes as fast as in production. */
    private static List<String> quickToStart(Release release) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return List.of(
                java,
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                release.jar().toString());
    }

    private static Process launch(List<String> broker, String command, Path configuration, List<String> environment) {
        List<String> line = new ArrayList<>(broker);
        line.addAll(List.of(command.split(" ")));
        line.add(configuration.toString());
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.redirectErrorStream(true);
        builder.environment().put("PORT", "0");
        builder.environment().put("ADMIN_PORT", "0");
        builder.environment().put("BIND_HOST", "127.0.0.1");
        builder.environment().put("ADMIN_BIND_HOST", "127.0.0.1");
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

    public long pid() {
        return process.pid();
    }

    public int port() {
        return get(port);
    }

    public String url() {
        return "http://127.0.0.1:" + port();
    }

    public String adminUrl() {
        return "http://127.0.0.1:" + get(adminPort);
    }

    /** Characters of its log so far. */
    public long logged() {
        return logged.get();
    }

    public boolean ranOutOfMemory() {
        return outOfMemory;
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

    /** {@code SIGTERM}; returns the exit code. */
    public int stop() throws InterruptedException {
        process.destroy();
        return process.waitFor();
    }

    @Override
    public void close() {
        kill();
    }

    private void read() {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                logged.addAndGet(line.length() + 1);
                outOfMemory |= line.contains("OutOfMemoryError");
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
