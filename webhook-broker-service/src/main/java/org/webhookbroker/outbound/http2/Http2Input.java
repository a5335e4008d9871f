package org.webhookbroker.outbound.http2;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpConnection;
import org.apache.hc.core5.http.ProtocolVersion;
import org.apache.hc.core5.http.impl.nio.HttpConnectionEventHandler;
import org.apache.hc.core5.http.nio.command.CommandSupport;
import org.apache.hc.core5.http2.frame.RawFrame;
import org.apache.hc.core5.http2.impl.nio.ClientH2PrefaceHandler;
import org.apache.hc.core5.http2.impl.nio.H2StreamListener;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.outbound.tls.TlsFailure;

/**
 * Stands before HttpCore's handler of one HTTP/2 connection, so that what comes in passes {@link Http2Frames} first. All else is
 * passed on as it is. The I/O thread of the connection calls it.
 */
final class Http2Input implements HttpConnectionEventHandler, H2StreamListener {
    private final IOSession session;
    private final Http2Frames frames;
    private volatile @Nullable HttpConnectionEventHandler behind;

    Http2Input(IOSession session) {
        this.session = session;
        this.frames = new Http2Frames(bytes -> behind().inputReady(session, bytes));
    }

    /** The connection begins with its preface. */
    void begin(ClientH2PrefaceHandler preface) {
        behind = preface;
        session.upgrade(this);
        try {
            preface.connected(session);
        } catch (IOException e) {
            preface.exception(session, e);
        }
    }

    /** The preface has been sent, and its handler has put another in our place. */
    void goOn() {
        behind = (HttpConnectionEventHandler) session.getHandler();
        session.upgrade(this);
    }

    private HttpConnectionEventHandler behind() {
        return Objects.requireNonNull(behind);
    }

    /** @param source decrypted bytes; null at the end of the stream */
    @Override
    public void inputReady(IOSession same, @Nullable ByteBuffer source) throws IOException {
        if (source == null) {
            behind().inputReady(same, null);
        } else {
            frames.read(source);
        }
    }

    @Override
    public void onHeaderOutput(HttpConnection connection, int stream, List<? extends Header> headers) {
        frames.opened(stream);
    }

    @Override
    public void onHeaderInput(HttpConnection connection, int stream, List<? extends Header> headers) {}

    @Override
    public void onFrameInput(HttpConnection connection, int stream, RawFrame frame) {}

    @Override
    public void onFrameOutput(HttpConnection connection, int stream, RawFrame frame) {
        frames.sent(frame.getType(), frame.getFlags());
    }

    @Override
    public void onInputFlowControl(HttpConnection connection, int stream, int delta, int size) {}

    @Override
    public void onOutputFlowControl(HttpConnection connection, int stream, int delta, int size) {}

    @Override
    public void connected(IOSession same) throws IOException {
        behind().connected(same);
    }

    @Override
    public void outputReady(IOSession same) throws IOException {
        behind().outputReady(same);
    }

    @Override
    public void timeout(IOSession same, Timeout timeout) throws IOException {
        behind().timeout(same, timeout);
    }

    /** Requests that wait for the first word of the server learn why there will be none; HttpCore (5.4) cancels them. */
    @Override
    public void exception(IOSession same, Exception cause) {
        if (cause instanceof SSLException && TlsFailure.of(cause).kind() != TlsFailure.Kind.STRANGER) {
            CommandSupport.failCommands(same, cause);
        }
        behind().exception(same, cause);
    }

    @Override
    public void disconnected(IOSession same) {
        behind().disconnected(same);
    }

    @Override
    public EndpointDetails getEndpointDetails() {
        return behind().getEndpointDetails();
    }

    @Override
    public SocketAddress getLocalAddress() {
        return behind().getLocalAddress();
    }

    @Override
    public SocketAddress getRemoteAddress() {
        return behind().getRemoteAddress();
    }

    @Override
    public ProtocolVersion getProtocolVersion() {
        return behind().getProtocolVersion();
    }

    @Override
    public SSLSession getSSLSession() {
        return behind().getSSLSession();
    }

    @Override
    public boolean isOpen() {
        return behind().isOpen();
    }

    @Override
    public Timeout getSocketTimeout() {
        return behind().getSocketTimeout();
    }

    @Override
    public void setSocketTimeout(Timeout timeout) {
        behind().setSocketTimeout(timeout);
    }

    @Override
    public void close() throws IOException {
        behind().close();
    }

    @Override
    public void close(CloseMode mode) {
        behind().close(mode);
    }
}
