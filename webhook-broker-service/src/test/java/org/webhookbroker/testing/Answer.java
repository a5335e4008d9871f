package org.webhookbroker.testing;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** A response as it was on the wire. */
public record Answer(int status, Map<String, String> headers, String body) {
    /**
     * Reads one answer and no byte more, so that the connection can be used again. Interim answers are passed over.
     *
     * @param toHead whether it answers HEAD, which has no body whatever its headers say
     */
    public static Answer read(InputStream in, boolean toHead) throws IOException {
        String start = line(in);
        if (!start.startsWith("HTTP/1.1 ")) {
            throw new IOException("No HTTP answer but: " + start);
        }
        int status = Integer.parseInt(start.substring(9, 12));
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon), line.substring(colon + 1).trim());
        }
        if (status < 200) {
            return read(in, toHead);
        }
        boolean bodiless = toHead || status == 204 || status == 304;
        byte[] body = bodiless ? new byte[0] : body(in, headers);
        return new Answer(status, headers, new String(body, StandardCharsets.UTF_8));
    }

    private static byte[] body(InputStream in, Map<String, String> headers) throws IOException {
        if ("chunked".equalsIgnoreCase(headers.get("Transfer-Encoding"))) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (int size = chunk(in); size > 0; size = chunk(in)) {
                body.write(exactly(in, size));
                line(in);
            }
            line(in);
            return body.toByteArray();
        }
        String length = headers.get("Content-Length");
        return length == null ? in.readAllBytes() : exactly(in, Integer.parseInt(length));
    }

    private static int chunk(InputStream in) throws IOException {
        return Integer.parseInt(line(in), 16);
    }

    private static byte[] exactly(InputStream in, int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("The answer broke off in its body");
        }
        return bytes;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("The answer broke off: " + line);
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    /** Empty text when it is missing. */
    public String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /** Whether this connection takes another request. */
    public boolean keepsConnection() {
        return !header("Connection").equalsIgnoreCase("close");
    }

    /** The value of a string field of a flat JSON body. */
    public String field(String name) {
        int at = body.indexOf("\"" + name + "\":\"");
        int start = at + name.length() + 4;
        return at < 0 ? "" : body.substring(start, body.indexOf('"', start));
    }
}
