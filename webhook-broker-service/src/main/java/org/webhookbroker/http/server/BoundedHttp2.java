package org.webhookbroker.http.server;

import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.SessionContainer;
import org.eclipse.jetty.http2.api.server.ServerSessionListener;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.internal.HTTP2ServerConnection;
import org.eclipse.jetty.http2.server.internal.HTTP2ServerSession;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/2 of Jetty (12.1), with three mends. A connection has a {@link FrameWatch}: Jetty itself lets one that has stopped half way
 * through its preface, or a head, stand until the idle timeout, and its own stop waits for it. Early answers stand. And requests with chunked bodies are not
 * upgraded: Jetty looks for an announced length only, and would take chunks for frames. Behind TLS nothing is upgraded, as ALPN decides.
 */
final class BoundedHttp2 extends HTTP2CServerConnectionFactory {
    private static final String IN_CLEAR = "h2c";

    BoundedHttp2(HttpConfiguration http) {
        super(http, IN_CLEAR, TlsConnection.HTTP_2);
    }

    /** Jetty would have it in clear alone. Which ciphers there are is not left to it. */
    @Override
    public boolean isAcceptable(String protocol, String tlsProtocol, String cipher) {
        return protocol.equals(TlsConnection.HTTP_2);
    }

    /** As Jetty does it, but for the parser, which cannot be replaced otherwise. */
    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        ServerSessionListener listener = newSessionListener(connector, endPoint);
        HttpConfiguration http = getHttpConfiguration();
        FrameWatch parser = new FrameWatch(
                connector.getByteBufferPool(),
                http.getRequestHeaderSize(),
                getRateControlFactory().newRateControl(endPoint));
        parser.setMaxSettingsKeys(getMaxSettingsKeys());
        EarlyAnswers generator = generator(connector);
        HTTP2ServerSession session = new HTTP2ServerSession(
                connector.getScheduler(),
                endPoint,
                parser,
                generator,
                listener,
                getFlowControlStrategyFactory().newFlowControlStrategy());
        generator.of(session);
        session.setMaxLocalStreams(getMaxConcurrentStreams());
        session.setMaxRemoteStreams(getMaxConcurrentStreams());
        session.setMaxEncoderTableCapacity(getMaxEncoderTableCapacity());
        session.setStreamIdleTimeout(getStreamIdleTimeout() == 0 ? endPoint.getIdleTimeout() : getStreamIdleTimeout());
        session.setInitialSessionRecvWindow(getInitialSessionRecvWindow());
        session.setWriteThreshold(http.getOutputBufferSize());
        session.setConnectProtocolEnabled(isConnectProtocolEnabled());
        getEventListeners().forEach(session::addEventListener);
        HTTP2ServerConnection connection = new HTTP2ServerConnection(connector, endPoint, http, session, listener);
        connection.setUseInputDirectByteBuffers(isUseInputDirectByteBuffers());
        connection.setUseOutputDirectByteBuffers(isUseOutputDirectByteBuffers());
        connection.addEventListener(getBean(SessionContainer.class));
        parser.init(connection);
        return configure(connection, connector, endPoint);
    }

    private EarlyAnswers generator(Connector connector) {
        HttpConfiguration http = getHttpConfiguration();
        EarlyAnswers generator = new EarlyAnswers(
                connector.getByteBufferPool(), isUseOutputDirectByteBuffers(), getMaxHeaderBlockFragment());
        int most = http.getMaxResponseHeaderSize();
        generator.getHpackEncoder().setMaxHeaderListSize(most < 0 ? http.getResponseHeaderSize() : most);
        return generator;
    }

    @Override
    public @Nullable Connection upgradeConnection(
            Connector connector, EndPoint endPoint, MetaData.Request request, HttpFields.Mutable answer)
            throws HttpException.RuntimeException {
        return endPoint.isSecure() || request.getHttpFields().contains(HttpHeader.TRANSFER_ENCODING)
                ? null
                : super.upgradeConnection(connector, endPoint, request, answer);
    }
}
