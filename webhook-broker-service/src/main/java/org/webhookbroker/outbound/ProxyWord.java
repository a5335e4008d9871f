package org.webhookbroker.outbound;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;

/**
 * What a proxy that passes requests on says of its own: that it could not reach the consumer. Its 503 looks like the consumer's
 * otherwise. Two fields tell: {@code Proxy-Status} (RFC 9209) and Squid's {@code X-Squid-Error}.
 */
final class ProxyWord {
    private static final Set<Integer> STATUSES = Set.of(502, 503, 504);
    private static final Pattern SQUID = Pattern.compile("ERR_(CONNECT_FAIL|DNS_FAIL|CANNOT_FORWARD)\\b.*");
    private static final Pattern QUOTED = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*+\"");
    /** Those of RFC 9209, 2.3, after which nothing can have been sent to the consumer. */
    private static final Pattern ERROR = Pattern.compile(";\\s*error=(dns_timeout|dns_error|destination_not_found"
            + "|destination_unavailable|destination_ip_prohibited|destination_ip_unroutable|connection_refused"
            + "|connection_timeout)\\s*(?=[;,]|$)");

    private ProxyWord() {}

    /** Before the fields are read that tell. A 407 no target sends. */
    static boolean mayComeWith(int status) {
        return status == 407 || STATUSES.contains(status);
    }

    static boolean isOwn(HttpResponse response) {
        return response.getCode() == 407 || saysUnreached(response);
    }

    private static boolean saysUnreached(HttpResponse response) {
        if (!STATUSES.contains(response.getCode())) {
            return false;
        }
        Header squid = response.getFirstHeader("X-Squid-Error");
        return (squid != null && SQUID.matcher(squid.getValue()).matches()) || hasError(response);
    }

    private static boolean hasError(HttpResponse response) {
        for (Header header : response.getHeaders("Proxy-Status")) {
            Matcher matcher = ERROR.matcher(QUOTED.matcher(header.getValue()).replaceAll("\"\""));
            if (matcher.find()) {
                return true;
            }
        }
        return false;
    }
}
