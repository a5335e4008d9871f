package org.webhookbroker.http.server;

import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Ends a request. If it was answered before its body had come, what still comes is read and dropped for a while: TCP takes an answer back
 * when its connection is closed while the client, which has not read it, still writes (RFC 9112, 9.6).
 */
final class LingeringEnd extends Callback.Nested {
    private static final long MOST_SECONDS = 5;
    /** A body of the largest size that is usual. It bounds how long a fast client holds a thread (G6). */
    private static final int MOST_BYTES = 16 << 20;
    /** The rest of a small body, after which the connection can go on. A larger one shall not delay the answer. */
    private static final int MOST_BYTES_BEFORE_ANSWER = 128 << 10;

    private final Request request;
    private final @Nullable RequestUnderWay underWay;
    private Scheduler.@Nullable Task timer;
    private boolean beforeBody;
    private boolean broken;
    private int dropped;

    LingeringEnd(Request request, Callback callback) {
        super(callback);
        this.request = request;
        this.underWay = RequestUnderWay.of(request);
    }

    /** HTTP/2 has a reset for this, see {@link EarlyAnswers}. */
    private boolean isHttp1() {
        return request.getConnectionMetaData().getHttpVersion().getVersion() <= HttpVersion.HTTP_1_1.getVersion();
    }

    /** Whether the connection cannot go on after the answer, which begins now: its body has not come, or broke off. */
    boolean endsConnection() {
        beforeBody = isHttp1() && !dropWhatHasCome(MOST_BYTES_BEFORE_ANSWER);
        return beforeBody || broken;
    }

    @Override
    public void succeeded() {
        if (beforeBody && !waitsToBeAsked()) {
            linger();
        } else {
            super.succeeded();
        }
    }

    /** Such a client has not begun its body, and will not. */
    private boolean waitsToBeAsked() {
        return request.getHeaders().contains(HttpHeader.EXPECT) && Request.getContentBytesRead(request) == 0;
    }

    @Override
    public void failed(Throwable failure) {
        if (timer != null) {
            timer.cancel();
        }
        super.failed(failure);
    }

    /** A body may come as fast as it can be read, so this is no work for a thread that serves all connections. */
    @Override
    public InvocationType getInvocationType() {
        return InvocationType.BLOCKING;
    }

    private void linger() {
        if (underWay != null) {
            underWay.waits();
        }
        EndPoint connection = request.getConnectionMetaData().getConnection().getEndPoint();
        // Once it is closed, the read fails, and ends this.
        timer = request.getComponents().getScheduler().schedule(connection::close, MOST_SECONDS, TimeUnit.SECONDS);
        readOn();
    }

    private void readOn() {
        if (dropWhatHasCome(MOST_BYTES) || dropped > MOST_BYTES || !demand()) {
            end();
        }
    }

    /** True if that was all, or no more can come. */
    private boolean dropWhatHasCome(int most) {
        while (dropped <= most) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                return false;
            }
            dropped += chunk.remaining();
            chunk.release();
            broken = Content.Chunk.isFailure(chunk);
            if (broken || chunk.isLast()) {
                return true;
            }
        }
        return false;
    }

    /** False if the one who read the body, and found it too slow, still waits for more of it, or has ended the request. */
    private boolean demand() {
        try {
            request.demand(this::readOn);
            return true;
        } catch (IllegalArgumentException | IllegalStateException anotherWaits) {
            return false;
        }
    }

    private void end() {
        if (timer != null) {
            timer.cancel();
        }
        if (underWay != null) {
            underWay.goesOn();
        }
        super.succeeded();
    }
}
