package org.webhookbroker.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;

/**
 * Says exactly what it is told, also what no decent client would.
 *
 * @param always lines that each request has besides, as if a proxy added them
 * @param from the loopback address that it has
 */
public record RawClient(int port, Wire wire, String always, String from) {
    public RawClient(int port) {
        this(port, Wire.CLEAR);
    }

    RawClient(int port, Wire wire) {
        this(port, wire, "", Wire.HERE);
    }

    /** With one more header for each request. */
    public RawClient adding(String header) {
        return new RawClient(port, wire, always + "\r\n" + header, from);
    }

    /** The same at another loopback address, such as {@code 127.0.0.2}. */
    public RawClient at(String address) {
        return new RawClient(port, wire, always, address);
    }

    /** Bytes as they are, one character each. */
    public Answer raw(String request) {
        try (Socket socket = wire.connect(port, from)) {
            socket.setSoTimeout(30_000);
            write(socket, request.replaceFirst("(?=\r\n)", Matcher.quoteReplacement(always)));
            return Answer.read(new BufferedInputStream(socket.getInputStream()), request.startsWith("HEAD "));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The broker hangs up at once on what is no HTTP. */
    private static void write(Socket socket, String request) {
        try {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException hungUp) {
            // Its answer tells.
        }
    }

    /** {@code line} is method and path, {@code headers} whole lines. */
    public Answer send(String line, String body, String... headers) {
        String more = headers.length == 0 ? "" : String.join("\r\n", latin(headers)) + "\r\n";
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String latin = new String(bytes, StandardCharsets.ISO_8859_1);
        String length = bytes.length == 0 && line.startsWith("GET") ? "" : "Content-Length: " + bytes.length + "\r\n";
        return raw(line + " HTTP/1.1\r\nHost: broker\r\nConnection: close\r\n" + more + length + "\r\n" + latin);
    }

    public Answer get(String path, String... headers) {
        return send("GET " + path, "", headers);
    }

    public Answer put(String path, String form, String... headers) {
        return form("PUT " + path, form, headers);
    }

    public Answer form(String line, String form, String... headers) {
        String[] all = new String[headers.length + 1];
        System.arraycopy(headers, 0, all, 1, headers.length);
        all[0] = "Content-Type: application/x-www-form-urlencoded";
        return send(line, form, all);
    }

    private static String[] latin(String... headers) {
        String[] lines = new String[headers.length];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = new String(headers[i].getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        }
        return lines;
    }
}
