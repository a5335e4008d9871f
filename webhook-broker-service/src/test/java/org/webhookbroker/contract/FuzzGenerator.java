package org.webhookbroker.contract;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.webhookbroker.testing.ServedRoutes.Route;

/** Makes requests around the routes of a broker, from nearly right to nonsense; the same ones for the same seed. Immutable. */
final class FuzzGenerator {
    private final long seed;
    private final List<Route> routes;
    private final Map<String, List<String>> known;
    private final List<String> callbacks;

    /**
     * @param known values that exist, by the name of the path parameter
     * @param callbacks URLs that a delivery may call
     */
    FuzzGenerator(long seed, List<Route> routes, Map<String, List<String>> known, List<String> callbacks) {
        this.seed = seed;
        // Those without parameters have little to get wrong, and the longest answers.
        this.routes = routes.stream()
                .flatMap(route -> Collections.nCopies(route.template().contains("{") ? 5 : 1, route).stream())
                .toList();
        this.known = known;
        this.callbacks = callbacks;
    }

    FuzzRequest request(int number) {
        Random random = new Random(seed * 1_000_003 + number);
        Route route = pick(random, routes);
        String method = random.nextInt(10) < 8 ? route.method() : pick(random, FuzzWords.METHODS);
        byte[] body = body(random, method);
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        text(wire, method + " ");
        path(wire, random, route.template());
        query(wire, random);
        text(wire, " HTTP/1.1\r\n");
        headers(wire, random);
        body(wire, random, body);
        boolean damaged = random.nextInt(12) == 0;
        return new FuzzRequest(
                number, method, damaged ? damage(random, wire.toByteArray()) : wire.toByteArray(), damaged);
    }

    private void path(ByteArrayOutputStream wire, Random random, String template) {
        boolean odd = random.nextInt(5) == 0;
        for (String segment : template.substring(1).split("/", -1)) {
            text(
                    wire,
                    odd && random.nextInt(8) == 0
                            ? pick(random, List.of("//", "/./", "/../", "/%2e%2e/", "/x/../"))
                            : "/");
            if (segment.startsWith("{")) {
                List<String> values = known.getOrDefault(segment.substring(1, segment.length() - 1), List.of("x"));
                if (random.nextInt(3) < 2) {
                    text(wire, pick(random, values));
                } else {
                    segment(wire, random, pick(random, FuzzWords.NASTY));
                }
            } else {
                boolean otherCase = odd && random.nextInt(4) == 0;
                text(wire, otherCase ? segment.toUpperCase(Locale.ROOT) : segment);
            }
        }
        if (odd) {
            text(wire, pick(random, List.of("/", "", "%2F", ";x=1", "%", "%zz", "%00", "%ff", "%c0%af", "/x", "#y")));
        }
    }

    private static void segment(ByteArrayOutputStream wire, Random random, String value) {
        int mode = random.nextInt(4);
        for (byte next : value.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = Character.isLetterOrDigit(next) || (mode == 1 && next > ' ' && next < 127 && next != '%');
            if (plain || (mode == 0 && random.nextInt(20) == 0)) {
                wire.write(next);
            } else {
                text(wire, (mode == 2 ? "%%%02x" : "%%%02X").formatted(next & 0xff));
            }
        }
    }

    private void query(ByteArrayOutputStream wire, Random random) {
        if (random.nextInt(3) > 0) {
            return;
        }
        text(wire, "?");
        for (int i = random.nextInt(4); i >= 0; i--) {
            text(wire, pick(random, FuzzWords.QUERY) + "=");
            segment(wire, random, random.nextInt(6) == 0 ? "true" : pick(random, FuzzWords.NASTY));
            text(wire, i == 0 ? "" : pick(random, List.of("&", "&&", ";")));
        }
    }

    private static void headers(ByteArrayOutputStream wire, Random random) {
        header(wire, random, "Host", random.nextInt(50) == 0 ? pick(random, FuzzWords.NASTY) : "broker");
        if (random.nextInt(4) > 0) {
            for (String token : ContractBroker.TOKENS) {
                text(wire, random.nextInt(20) == 0 ? "" : token + "\r\n");
            }
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            header(wire, random, pick(random, FuzzWords.HEADERS), pick(random, FuzzWords.NASTY));
        }
        if (random.nextInt(3) > 0) {
            header(
                    wire,
                    random,
                    "Content-Type",
                    pick(random, FuzzWords.TYPES.subList(0, random.nextBoolean() ? 1 : FuzzWords.TYPES.size())));
        }
        if (random.nextInt(200) == 0) {
            header(wire, random, "X-Large", "x".repeat(20_000));
        }
    }

    /** Line breaks and NUL would be another request's affair; damage makes those. */
    private static void header(ByteArrayOutputStream wire, Random random, String name, String value) {
        byte[] bytes = value.replaceAll("[\r\n\0]", random.nextInt(50) == 0 ? "\0" : "_")
                .getBytes(StandardCharsets.UTF_8);
        text(wire, name + ": ");
        wire.writeBytes(bytes);
        text(wire, "\r\n");
    }

    private byte[] body(Random random, String method) {
        if (List.of("GET", "HEAD", "OPTIONS", "TRACE").contains(method) && random.nextInt(10) > 0) {
            return new byte[0];
        }
        return switch (random.nextInt(8)) {
            case 0 -> new byte[0];
            case 1 -> random(random, random.nextInt(300));
            case 2 -> pick(random, FuzzWords.NASTY).getBytes(StandardCharsets.UTF_8);
            case 3 -> random.nextInt(40) == 0 ? random(random, 200_000) : new byte[] {'h', 'i'};
            case 4, 5 ->
                pick(random, FuzzWords.JSON)
                        .formatted(pick(random, FuzzWords.STATES), pick(random, FuzzWords.NUMBERS))
                        .getBytes(StandardCharsets.UTF_8);
            default -> form(random);
        };
    }

    /** Callbacks come from the list only: a fuzzer must not have the broker call what it happened to write. */
    private byte[] form(Random random) {
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        for (int i = random.nextInt(5); i >= 0; i--) {
            String name = pick(
                    random,
                    List.of(
                            "token",
                            "name",
                            "callbackUrl",
                            "callbackUrl",
                            "type",
                            "maxRetries",
                            "retryDelays",
                            "requeue",
                            "x"));
            text(form, name + "=");
            switch (name) {
                case "callbackUrl" -> segment(form, random, pick(random, callbacks));
                case "type" -> text(form, pick(random, List.of("pull", "pull", "push", "", "PUSH", "x")));
                case "maxRetries" -> text(form, pick(random, List.of("0", "", "-1", "256", "x", "%zz")));
                case "requeue" -> text(form, pick(random, List.of("x", "", "ct", "KT", "x", "kt%00", "x", "kt")));
                default -> segment(form, random, pick(random, FuzzWords.NASTY));
            }
            text(form, i == 0 ? "" : pick(random, List.of("&", "&", "&", "&&", "&=&", ";")));
        }
        if (random.nextInt(20) == 0) {
            form.writeBytes(new byte[] {'&', (byte) 0xff, (byte) 0xc3, '='});
        }
        return form.toByteArray();
    }

    private static void body(ByteArrayOutputStream wire, Random random, byte[] body) {
        if (random.nextInt(8) == 0) {
            text(wire, "Transfer-Encoding: chunked\r\n\r\n");
            int half = body.length / 2;
            chunk(wire, random, body, 0, half);
            chunk(wire, random, body, half, body.length - half);
            text(wire, "0\r\n" + (random.nextInt(4) == 0 ? "Trailer-Field: x\r\n" : "") + "\r\n");
            return;
        }
        text(wire, body.length == 0 && random.nextBoolean() ? "\r\n" : "Content-Length: " + body.length + "\r\n\r\n");
        wire.writeBytes(body);
    }

    private static void chunk(ByteArrayOutputStream wire, Random random, byte[] body, int offset, int length) {
        if (length > 0) {
            text(wire, Integer.toHexString(length) + (random.nextInt(4) == 0 ? ";ext=1" : "") + "\r\n");
            wire.write(body, offset, length);
            text(wire, "\r\n");
        }
    }

    /** Of the head, and only of what comes before a callback could be. */
    private static byte[] damage(Random random, byte[] whole) {
        String text = new String(whole, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        StringBuilder head = new StringBuilder(text.substring(0, end + 4));
        for (int i = random.nextInt(4); i >= 0; i--) {
            if (head.isEmpty()) {
                break;
            }
            int at = random.nextInt(head.length());
            switch (random.nextInt(6)) {
                case 0 -> head.deleteCharAt(at);
                case 1 -> head.insert(at, (char) random.nextInt(256));
                case 2 -> head.setCharAt(at, (char) random.nextInt(256));
                case 3 -> head.insert(at, pick(random, List.of("\r\n", "\n", "\r", "\0", " ", ":", "HTTP/1.1")));
                case 4 -> head.setLength(at + 1);
                default -> {
                    int to = Math.min(head.length(), at + 1 + random.nextInt(20));
                    head.insert(at, head.substring(at, to));
                }
            }
        }
        boolean cut = random.nextInt(3) == 0;
        String damaged = cut ? head.toString() : head + text.substring(end + 4);
        return damaged.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] random(Random random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void text(ByteArrayOutputStream wire, String text) {
        wire.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static <T> T pick(Random random, List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
