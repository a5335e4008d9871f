package org.webhookbroker.bench;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;
import org.webhookbroker.testing.ApiClient;

/** A consumer that nginx is. It logs messages that say when they were due; others cost it nothing but their answer. */
final class Nginx implements Receiver {
    private static final String CONFIGURATION = """
            daemon off;
            master_process off;
            pid nginx.pid;
            error_log nginx.err;
            events { worker_connections 4096; }
            http {
              client_body_temp_path body;
              proxy_temp_path proxy;
              fastcgi_temp_path fastcgi;
              uwsgi_temp_path uwsgi;
              scgi_temp_path scgi;
              keepalive_requests 1000000000;
              keepalive_timeout 600;
              log_format due '$msec $http_x_sent';
              access_log due.log due buffer=64k flush=100ms if=$http_x_sent;
              server {
                listen 127.0.0.1:%d backlog=1024;
                location / { return 204; }
                location = /count { stub_status; }
              }
            }
            """;
    /** Longer than it keeps lines in its memory. */
    private static final long FLUSH_MILLIS = 300;
    /** The third number is that of all requests. */
    private static final Pattern REQUESTS = Pattern.compile("\n \\d+ \\d+ (\\d+)");

    private final int port;
    private final Path log;
    private final Process process;
    private final ApiClient api;
    private long asked;
    private long readTo;

    /** @param parent of the folder for its files */
    Nginx(Path nginx, Path parent) throws IOException {
        Path folder = Files.createTempDirectory(parent, "nginx-");
        this.port = freePort();
        this.log = folder.resolve("due.log");
        this.api = new ApiClient("http://127.0.0.1:" + port);
        Path configuration = Files.writeString(folder.resolve("nginx.conf"), CONFIGURATION.formatted(port));
        this.process = new ProcessBuilder(nginx.toString(), "-c", configuration.toString(), "-p", folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("nginx.out").toFile())
                .start();
        awaitOpen(folder);
    }

    private void awaitOpen(Path folder) throws IOException {
        while (true) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (IOException notYet) {
                if (!process.isAlive()) {
                    throw new IOException("nginx has ended: " + Files.readString(folder.resolve("nginx.out")), notYet);
                }
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public String url() {
        return "http://127.0.0.1:" + port + "/hook";
    }

    @Override
    public long received() {
        Matcher found = REQUESTS.matcher(api.get("/count"));
        asked++;
        return found.find() ? Long.parseLong(found.group(1)) - asked : 0;
    }

    @Override
    public Histogram latency() {
        Histogram micros = new Histogram(3);
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            TimeUnit.MILLISECONDS.sleep(FLUSH_MILLIS);
            file.seek(readTo);
            byte[] lines = new byte[(int) (file.length() - readTo)];
            file.readFully(lines);
            readTo += lines.length;
            new String(lines, StandardCharsets.US_ASCII).lines().forEach(line -> note(line, micros));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return micros;
    }

    /** @param line seconds with three digits after the dot, and nanoseconds */
    private static void note(String line, Histogram micros) {
        int dot = line.indexOf('.');
        long millis = Long.parseLong(line.substring(0, dot) + line.substring(dot + 1, dot + 4));
        micros.recordValue(Math.max(0, millis * 1000 - Long.parseLong(line.substring(dot + 5)) / 1000));
    }

    @Override
    public long cpuNanos() {
        return Meter.cpuMicros(process.pid()) * 1000;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
