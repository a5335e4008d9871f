package org.webhookbroker.http.server;

/**
 * How long the head of a request has been on its way, seen from the bytes that have come. A connection of HTTP/2 has other bytes
 * than those of heads, such as settings: there only bytes that keep coming are a head that drips.
 */
final class HeadWatch {
    private long bytesBefore;
    private boolean some;
    private long bytesSeen;
    private long firstAt;
    private long lastAt;

    /** The next head begins behind so many bytes. */
    synchronized void begins(long bytesIn) {
        bytesBefore = bytesIn;
        bytesSeen = bytesIn;
        some = false;
    }

    /** @param between whether no request is under way */
    synchronized boolean isLate(boolean between, long bytesIn, long now, long deadline, boolean isHttp2) {
        if (!between || bytesIn == bytesBefore) {
            return false;
        }
        boolean more = bytesIn != bytesSeen;
        bytesSeen = bytesIn;
        if (!some || (isHttp2 && more && now - lastAt > deadline)) {
            some = true;
            firstAt = now;
        }
        if (more) {
            lastAt = now;
        }
        return now - firstAt > deadline && (more || !isHttp2);
    }
}
