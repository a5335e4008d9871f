package org.webhookbroker.http.server;

/** How long the head of a request of HTTP/1 has been on its way, seen from the bytes that have come. For HTTP/2 see {@link FrameWatch}. */
final class HeadWatch {
    private long bytesBefore;
    private boolean some;
    private long firstAt;

    /** The next head begins behind so many bytes. */
    synchronized void begins(long bytesIn) {
        bytesBefore = bytesIn;
        some = false;
    }

    synchronized boolean isLate(long bytesIn, long now, long deadline) {
        if (bytesIn == bytesBefore) {
            return false;
        }
        if (!some) {
            some = true;
            firstAt = now;
        }
        return now - firstAt > deadline;
    }
}
