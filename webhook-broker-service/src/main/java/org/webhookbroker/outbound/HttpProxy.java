package org.webhookbroker.outbound;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.impl.auth.BasicScheme;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/** A proxy, written {@code http://user:password@host:port}; all but the host may be left out. Its text never holds the password. */
record HttpProxy(HttpHost host, Optional<String> basicAuth) {
    private static final Pattern URL = Pattern.compile("(?:([^:/@]*)://)?(?:(.*)@)?([^@]*)", Pattern.DOTALL);
    private static final int DEFAULT_PORT = 80;

    /** Null for an empty text: no proxy. */
    @JsonCreator
    static @Nullable HttpProxy parse(String text) {
        if (text.isBlank()) {
            return null;
        }
        Matcher matcher = URL.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalStateException("Any text has these parts");
        }
        String scheme = matcher.group(1) == null ? "http" : matcher.group(1).toLowerCase(Locale.ROOT);
        String written = scheme + "://" + (matcher.group(2) == null ? "" : "***@") + matcher.group(3);
        Optional<String> userInfo = Optional.ofNullable(matcher.group(2));
        if (userInfo.filter(HttpProxy::hasColonInUser).isPresent()) {
            throw new IllegalArgumentException(wrong("The name of a user cannot hold a colon", written));
        }
        if (!scheme.equals("http")) {
            throw new IllegalArgumentException(wrong("The broker speaks to proxies by http only", written));
        }
        try {
            HttpHost host = Target.parse("http://" + matcher.group(3)).host();
            int port = host.getPort() < 0 ? DEFAULT_PORT : host.getPort();
            return new HttpProxy(new HttpHost("http", host.getHostName(), port), userInfo.map(BasicAuth::of));
        } catch (BadCall e) {
            throw new IllegalArgumentException(wrong("This is no proxy", written), e);
        }
    }

    private static String wrong(String what, String written) {
        return what + ": " + written
                + ". Write http://host:port or http://user:password@host:port, with %40 for an @ and the"
                + " like, or leave it empty to use none";
    }

    private static boolean hasColonInUser(String userInfo) {
        String user = userInfo.split(":", 2)[0];
        return new String(BasicAuth.decode(user), StandardCharsets.ISO_8859_1).indexOf(':') >= 0;
    }

    /** Sends our credentials at once: to wait for the proxy to ask (407) would send each request twice. */
    void introduce(HttpClientContext context) {
        basicAuth.ifPresent(known -> {
            BasicScheme basic = new Known(known);
            basic.initPreemptive(new UsernamePasswordCredentials("known", new char[0]));
            context.resetAuthExchange(host, basic);
        });
    }

    @Override
    public String toString() {
        return host.toURI();
    }

    /** HttpClient's own would encode the bytes of the password anew. */
    private static final class Known extends BasicScheme {
        private static final long serialVersionUID = 1;

        private final String value;

        Known(String value) {
            this.value = value;
        }

        @Override
        public String generateAuthResponse(HttpHost to, HttpRequest request, HttpContext context) {
            return value;
        }
    }
}
