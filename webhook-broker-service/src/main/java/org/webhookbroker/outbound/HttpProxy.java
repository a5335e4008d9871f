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
import org.apache.hc.core5.net.PercentCodec;
import org.jspecify.annotations.Nullable;

/** A proxy, written {@code http://user:password@host:port}; all but the host may be left out. Its text never holds the password. */
record HttpProxy(HttpHost host, Optional<UsernamePasswordCredentials> credentials) {
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
        Optional<UsernamePasswordCredentials> credentials =
                Optional.ofNullable(matcher.group(2)).map(HttpProxy::credentials);
        if (credentials.filter(known -> known.getUserName().indexOf(':') >= 0).isPresent()) {
            throw new IllegalArgumentException(wrong("The name of a user cannot hold a colon", written));
        }
        if (!scheme.equals("http")) {
            throw new IllegalArgumentException(wrong("The broker speaks to proxies by http only", written));
        }
        try {
            HttpHost host = Target.parse("http://" + matcher.group(3)).host();
            int port = host.getPort() < 0 ? DEFAULT_PORT : host.getPort();
            return new HttpProxy(new HttpHost("http", host.getHostName(), port), credentials);
        } catch (BadCall e) {
            throw new IllegalArgumentException(wrong("This is no proxy", written), e);
        }
    }

    private static String wrong(String what, String written) {
        return what + ": " + written
                + ". Write http://host:port or http://user:password@host:port, with %40 for an @ and the"
                + " like, or leave it empty to use none";
    }

    private static UsernamePasswordCredentials credentials(String userInfo) {
        int colon = userInfo.indexOf(':');
        String user = decode(colon < 0 ? userInfo : userInfo.substring(0, colon));
        String password = decode(colon < 0 ? "" : userInfo.substring(colon + 1));
        return new UsernamePasswordCredentials(user, password.toCharArray());
    }

    private static String decode(String text) {
        return PercentCodec.decode(text, StandardCharsets.UTF_8);
    }

    /** Sends our credentials at once: to wait for the proxy to ask (407) would send each request twice. */
    void introduce(HttpClientContext context) {
        credentials.ifPresent(known -> {
            BasicScheme basic = new BasicScheme();
            basic.initPreemptive(known);
            context.resetAuthExchange(host, basic);
        });
    }

    @Override
    public String toString() {
        return host.toURI();
    }
}
