package org.webhookbroker.ops;

import com.google.common.net.InetAddresses;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Refuses calls of the admin port that nobody meant: of a web page in an operator's browser, and of the broker itself, which a callback
 * URL leads here. What monitoring reads is free for everybody who reaches the port, by whatever host name.
 */
final class AdminGuard extends HttpFilter {
    private static final long serialVersionUID = 1;

    /** What monitoring reads. */
    static final Set<String> MONITORING =
            Set.of(BriefHealth.PATH, "/ping", ReadyServlet.PATH, "/metrics", "/prometheus");

    /** The page itself, and an address that somebody typed. */
    private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

    private static final String BROKERS_OWN = "x-broker-";

    private final String userAgent;
    private final List<String> hosts;

    /**
     * @param userAgent what the broker calls itself when it calls consumers
     * @param hosts names of this machine, besides {@code localhost} and its addresses
     */
    AdminGuard(String userAgent, List<String> hosts) {
        this.userAgent = userAgent;
        this.hosts = hosts.stream().map(AdminGuard::plain).toList();
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Optional<String> refusal = MONITORING.contains(path(request)) ? Optional.empty() : refusal(request);
        if (refusal.isEmpty()) {
            chain.doFilter(request, response);
            return;
        }
        response.setStatus(HttpServletResponse.SC_FORBIDDEN);
        response.setContentType("text/plain; charset=utf-8");
        response.getOutputStream().write((refusal.get() + "; nothing was done\n").getBytes(StandardCharsets.UTF_8));
    }

    private static String path(HttpServletRequest request) {
        return request.getServletPath() + Objects.requireNonNullElse(request.getPathInfo(), "");
    }

    private Optional<String> refusal(HttpServletRequest request) {
        if (isOfTheBroker(request)) {
            return Optional.of("The broker itself does not call its admin port");
        }
        if (!isOwnHost(request)) {
            return Optional.of("The admin port is not known by this Host: use localhost or its address,"
                    + " or add the name to ops.adminHosts");
        }
        boolean isOwnPage = values(request, "Origin").stream().allMatch(origin -> isOwnOrigin(origin, request))
                && values(request, "Sec-Fetch-Site").stream().allMatch(OWN_SITES::contains);
        return isOwnPage ? Optional.empty() : Optional.of("A page of another site does not call the admin port");
    }

    /** Each delivery has headers of the broker, whatever it calls itself. */
    private boolean isOfTheBroker(HttpServletRequest request) {
        return values(request, "User-Agent").contains(userAgent)
                || Collections.list(request.getHeaderNames()).stream()
                        .anyMatch(name -> name.toLowerCase(Locale.ROOT).startsWith(BROKERS_OWN));
    }

    /** A name that anybody may have pointed here (DNS rebinding) is foreign; so is an address that is not ours. */
    private boolean isOwnHost(HttpServletRequest request) {
        String host = plain(request.getServerName());
        String address = withoutBrackets(host);
        return InetAddresses.isInetAddress(address)
                ? isOwnAddress(address, request.getLocalAddr())
                : host.equals("localhost") || hosts.contains(host);
    }

    /** @param local as Jetty has it: an address of IPv6 is in brackets, and may have the zone that no Host has */
    static boolean isOwnAddress(String address, String local) {
        InetAddress called = InetAddresses.forString(address);
        String own = withoutBrackets(local).replaceFirst("%.*", "");
        return called.isLoopbackAddress() || called.equals(InetAddresses.forString(own));
    }

    static String withoutBrackets(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static boolean isOwnOrigin(String origin, HttpServletRequest request) {
        return values(request, "Host").stream()
                .anyMatch(host ->
                        origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host));
    }

    private static List<String> values(HttpServletRequest request, String header) {
        return Collections.list(request.getHeaders(header));
    }

    /** In lower case, and without the dot that an absolute name ends with. */
    private static String plain(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
