package org.webhookbroker.outbound;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.net.InetAddressUtils;
import org.apache.hc.core5.net.URIAuthority;

/**
 * Where a URL points. Parsed here once and by hand, so that what is checked is what is connected to, and so that names the
 * JDK refuses but networks use ({@code http://my_service/}) work. Path and query stay as written, except that characters no
 * URL may hold are percent-encoded; the fragment is dropped.
 *
 * @param host what to connect to
 * @param authority the Host header, if it is not what HttpClient makes of the host: an IPv6 address as written, without its zone
 * @param basicAuth {@code user:password@} as an Authorization value, the way the original sends it
 */
record Target(HttpHost host, Optional<URIAuthority> authority, String path, Optional<String> basicAuth) {
    private static final Pattern URL = Pattern.compile(
            "(https?)://(?:([^/?#\\\\]*)@)?(\\[[0-9a-f:.]+(?:%[0-9a-z._~-]+)?]|[^/?#\\\\@:\\[\\]]+)(?::([0-9]*))?([/?#].*)?",
            Pattern.CASE_INSENSITIVE);
    /** An IPv4 address at the end of an IPv6 one. */
    private static final Pattern DOTTED = Pattern.compile(".*:[0-9.]*\\.[0-9.]*");

    private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x1f\\x7f]");
    private static final Pattern LONE_PERCENT = Pattern.compile("%(?![0-9a-fA-F]{2})");
    private static final String LITERAL =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789%!$&'()*+,-./:;=?@_~";

    private static final Cache KNOWN = new Cache();

    static Target of(String url) throws BadCall {
        return KNOWN.of(url);
    }

    static Target parse(String url) throws BadCall {
        Matcher matcher = URL.matcher(url);
        if (CONTROL.matcher(url).find() || !matcher.matches()) {
            throw new BadCall("bad-url", "The callback is not a http or https URL with a host");
        }
        String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
        int port = port(matcher.group(4));
        String written = matcher.group(3);
        String path = path(matcher.group(5));
        Optional<String> auth = Optional.ofNullable(matcher.group(2)).map(BasicAuth::of);
        if (!written.startsWith("[")) {
            return new Target(new HttpHost(scheme, HostName.ascii(written), port), Optional.empty(), path, auth);
        }
        String literal = written.substring(1, written.length() - 1);
        int percent = literal.indexOf('%');
        String address = percent < 0 ? literal : literal.substring(0, percent);
        String zone = percent < 0 ? "" : literal.substring(percent).replaceFirst("^%25(?=.)", "%");
        HttpHost host = new HttpHost(scheme, connectable(address) + zone, port);
        return new Target(
                host,
                host.getHostName().equals(address)
                        ? Optional.empty()
                        : Optional.of(new URIAuthority("[" + address + "]", port)),
                path,
                auth);
    }

    /** HttpCore (5.4) takes an IPv6 address with an IPv4 one at its end, and some rare forms, for a name without brackets. */
    private static String connectable(String literal) throws BadCall {
        try {
            InetAddress address = InetAddress.getByName("[" + literal + "]"); // Brackets never reach DNS.
            if (InetAddressUtils.isIPv6(literal) && !DOTTED.matcher(literal).matches()) {
                return literal;
            }
            return address instanceof Inet4Address ? "0:0:0:0:0:ffff:" + groups(address) : address.getHostAddress();
        } catch (UnknownHostException e) {
            throw new BadCall("bad-url", "The host of the callback is not an IPv6 address");
        }
    }

    private static String groups(InetAddress ipv4) {
        ByteBuffer bytes = ByteBuffer.wrap(ipv4.getAddress());
        return Integer.toHexString(bytes.getChar()) + ":" + Integer.toHexString(bytes.getChar());
    }

    /** The host of a URL if it holds characters beyond ASCII. */
    static Optional<String> internationalHost(String url) {
        Matcher matcher = URL.matcher(url);
        return matcher.matches() && matcher.group(3).chars().anyMatch(character -> character > 0x7f)
                ? Optional.of(matcher.group(3))
                : Optional.empty();
    }

    private static int port(String digits) throws BadCall {
        if (digits == null || digits.isEmpty()) {
            return -1;
        }
        if (digits.length() > 5 || Integer.parseInt(digits) < 1 || Integer.parseInt(digits) > 65535) {
            throw new BadCall("bad-url", "The port of the callback is not 1 to 65535");
        }
        return Integer.parseInt(digits);
    }

    private static String path(String written) throws BadCall {
        String path = written == null ? "" : written.replaceFirst("#.*", "");
        String encoded = encode(path.startsWith("/") ? path : "/" + path);
        try {
            return new URI("http://host" + encoded).getRawPath() == null ? "/" : encoded;
        } catch (URISyntaxException e) {
            throw new BadCall("bad-url", "The path of the callback is malformed");
        }
    }

    private static String encode(String path) {
        StringBuilder encoded = new StringBuilder(path.length());
        for (byte b : LONE_PERCENT.matcher(path).replaceAll("%25").getBytes(StandardCharsets.UTF_8)) {
            if (LITERAL.indexOf(b) >= 0) {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    /**
     * The targets of URLs. The same URLs come with every call, and to parse one costs a quarter of what the call costs. Whoever may
     * register consumers chooses the URLs, so their bytes are counted. Thread-safe.
     */
    static final class Cache {
        /** For 10,000 URLs of usual length. */
        private static final long MAX_BYTES = 8 << 20;

        /** Objects around the texts. */
        private static final int OVERHEAD = 400;

        private final Map<String, Target> known = new ConcurrentHashMap<>();
        private final AtomicLong bytes = new AtomicLong();

        Target of(String url) throws BadCall {
            Target found = known.get(url);
            if (found != null) {
                return found;
            }
            Target target = Target.parse(url);
            if (known.putIfAbsent(url, target) == null && bytes.addAndGet(size(url, target)) > MAX_BYTES) {
                known.clear(); // A user changes them all day; those in use are soon known again.
                bytes.set(0);
            }
            return target;
        }

        long bytes() {
            return known.entrySet().stream()
                    .mapToLong(entry -> size(entry.getKey(), entry.getValue()))
                    .sum();
        }

        private static long size(String url, Target target) {
            int auth = target.basicAuth().map(String::length).orElse(0);
            return OVERHEAD + 2L * url.length() + target.path().length() + auth;
        }
    }
}
