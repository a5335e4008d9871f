package org.webhookbroker.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** A response as it was on the wire. */
record Answer(int status, Map<String, String> headers, String body) {
    static Answer parse(byte[] bytes) {
        String wire = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = wire.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new AssertionError("No HTTP answer but: " + wire);
        }
        String[] lines = wire.substring(0, end).split("\r\n", -1);
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.put(
                    lines[i].substring(0, colon), lines[i].substring(colon + 1).trim());
        }
        String body = wire.substring(end + 4);
        boolean chunked = "chunked".equalsIgnoreCase(headers.get("Transfer-Encoding"));
        String content = chunked ? unchunked(body) : body;
        int status = Integer.parseInt(lines[0].split(" ", -1)[1]);
        return new Answer(
                status, headers, new String(content.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
    }

    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /** The value of a string field of a flat JSON body. */
    String field(String name) {
        int at = body.indexOf("\"" + name + "\":\"");
        int start = at + name.length() + 4;
        return at < 0 ? "" : body.substring(start, body.indexOf('"', start));
    }

    private static String unchunked(String body) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        int at = 0;
        while (true) {
            int line = body.indexOf("\r\n", at);
            int size = Integer.parseInt(body.substring(at, line), 16);
            if (size == 0) {
                return content.toString(StandardCharsets.ISO_8859_1);
            }
            content.writeBytes(body.substring(line + 2, line + 2 + size).getBytes(StandardCharsets.ISO_8859_1));
            at = line + 2 + size + 2;
        }
    }
}
