package org.webhookbroker.outbound;

import java.net.IDN;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.net.PercentCodec;

/**
 * Where a URL points. Parsed here once and by hand, so that what is checked is what is connected to, and so that names the
 * JDK refuses but networks use ({@code http://my_service/}) work. Path and query stay as written, except that characters no
 * URL may hold are percent-encoded; the fragment is dropped.
 *
 * @param basicAuth {@code user:password@} as an Authorization value, the way the original sends it
 */
record Target(HttpHost host, String path, Optional<String> basicAuth) {
    private static final Pattern URL = Pattern.compile(
            "(https?)://(?:([^/?#\\\\]*)@)?(\\[[0-9a-f:.]+(?:%[0-9a-z]+)?]|[^/?#\\\\@:\\[\\]]+)(?::([0-9]*))?([/?#].*)?",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern NAME = Pattern.compile("[a-z0-9_]([a-z0-9_.-]*[a-z0-9_.-])?");
    private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x1f\\x7f]");
    private static final Pattern LONE_PERCENT = Pattern.compile("%(?![0-9a-fA-F]{2})");
    private static final String LITERAL =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789%!$&'()*+,-./:;=?@_~";

    /** The same URLs come with every call, and to parse one costs a quarter of what the call costs. */
    private static final Map<String, Target> KNOWN = new ConcurrentHashMap<>();

    private static final int MAX_KNOWN = 10_000;

    static Target of(String url) throws BadCall {
        Target known = KNOWN.get(url);
        if (known != null) {
            return known;
        }
        Target target = parse(url);
        if (KNOWN.size() >= MAX_KNOWN) {
            KNOWN.clear(); // A user changes them all day; those in use are soon known again.
        }
        KNOWN.put(url, target);
        return target;
    }

    static Target parse(String url) throws BadCall {
        Matcher matcher = URL.matcher(url);
        if (CONTROL.matcher(url).find() || !matcher.matches()) {
            throw new BadCall("bad-url", "The callback is not a http or https URL with a host");
        }
        String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
        HttpHost host = new HttpHost(scheme, host(matcher.group(3)), port(matcher.group(4)));
        return new Target(
                host,
                path(matcher.group(5)),
                Optional.ofNullable(matcher.group(2)).map(Target::basic));
    }

    private static String host(String written) throws BadCall {
        if (written.startsWith("[")) {
            String literal = written.substring(1, written.length() - 1);
            try {
                InetAddress.getByName("[" + literal.replaceFirst("%.*", "") + "]"); // Brackets never reach DNS.
            } catch (UnknownHostException e) {
                throw new BadCall("bad-url", "The host of the callback is not an IPv6 address");
            }
            return literal;
        }
        try {
            String name = IDN.toASCII(written, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
            if (NAME.matcher(name).matches() && name.length() <= 253) {
                return name;
            }
        } catch (IllegalArgumentException e) {
            // Falls through: not a name.
        }
        throw new BadCall("bad-url", "The host of the callback is not a name or an address");
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

    private static String basic(String userInfo) {
        int colon = userInfo.indexOf(':');
        String user = colon < 0 ? userInfo : userInfo.substring(0, colon);
        String password = colon < 0 ? "" : userInfo.substring(colon + 1);
        String credentials = decode(user) + ":" + decode(password);
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String text) {
        return PercentCodec.decode(text, StandardCharsets.UTF_8);
    }
}
