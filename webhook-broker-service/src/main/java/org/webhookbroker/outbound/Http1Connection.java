package org.webhookbroker.outbound;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.impl.DefaultClientConnectionReuseStrategy;
import org.apache.hc.core5.concurrent.CallbackContribution;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.config.CharCodingConfig;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.BasicHttpTransportMetrics;
import org.apache.hc.core5.http.impl.nio.ClientHttp1IOEventHandler;
import org.apache.hc.core5.http.impl.nio.ClientHttp1StreamDuplexer;
import org.apache.hc.core5.http.impl.nio.DefaultHttpRequestWriterFactory;
import org.apache.hc.core5.http.nio.ContentDecoder;
import org.apache.hc.core5.http.nio.SessionInputBuffer;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http.protocol.HttpProcessor;
import org.apache.hc.core5.http2.ssl.ApplicationProtocol;
import org.apache.hc.core5.reactor.ConnectionInitiator;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.ProtocolIOSession;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1 connection, which gives the exchange under way to an {@link AnswerParser} and is not used again once more came than an
 * answer. HttpClient (5.6.5) has no setting for either, so this takes the place of its own handler of the protocol.
 */
final class Http1Connection extends ClientHttp1IOEventHandler {
    /** Three buffers of a connection have this size; HttpCore's 32 KiB would let 2,600 connections fill 256 MB. */
    private static final int BUFFER = 2048;

    /** Where the body of an answer is framed in chunks, only their lines and the trailers are kept, and read by nobody. */
    private static final Http1Config CONFIG = Http1Config.custom()
            .setBufferSize(BUFFER)
            .setMaxLineLength(AnswerParser.MAX_LINE)
            .setMaxHeaderCount(4)
            .build();

    /** Any byte of a header must pass; the default writes a question mark for 0x80 to 0x9f. */
    static final CharCodingConfig CHARS =
            CharCodingConfig.custom().setCharset(StandardCharsets.ISO_8859_1).build();

    /** Times that a lost connection is read: enough for a head with a status. */
    private static final int LAST_READS = 4;

    private final AnswerParser parser;

    private Http1Connection(AnswerParser parser, ClientHttp1StreamDuplexer duplexer) {
        super(duplexer);
        this.parser = parser;
    }

    /** Opens connections as the other does, which will be ours should they speak HTTP/1. */
    static ConnectionInitiator on(ConnectionInitiator other) {
        return (endpoint, remote, local, timeout, attachment, callback) ->
                other.connect(endpoint, remote, local, timeout, attachment, new CallbackContribution<>(callback) {
                    @Override
                    public void completed(IOSession session) {
                        take((ProtocolIOSession) session);
                        callback.completed(session);
                    }
                });
    }

    /** Where TLS negotiates the protocol, HTTP/1 is chosen later. */
    private static void take(ProtocolIOSession session) {
        session.registerProtocol(ApplicationProtocol.HTTP_1_1.id, Http1Connection::upgrade);
        if (session.getHandler() instanceof ClientHttp1IOEventHandler) {
            session.upgrade(of(session));
        }
    }

    private static Http1Connection of(ProtocolIOSession session) {
        AnswerParser parser = new AnswerParser();
        return new Http1Connection(parser, new Duplexer(session, parser));
    }

    private static void upgrade(ProtocolIOSession session, @Nullable FutureCallback<ProtocolIOSession> callback) {
        Http1Connection connection = of(session);
        session.upgrade(connection);
        try {
            connection.connected(session);
            if (callback != null) {
                callback.completed(session);
            }
        } catch (IOException e) {
            connection.exception(session, e);
        }
    }

    /** In pieces of the buffer's size: TLS hands on up to 16 KiB at once, and a buffer that has grown stays so. */
    @Override
    public void inputReady(IOSession session, @Nullable ByteBuffer source) throws IOException {
        if (source == null) {
            super.inputReady(session, null);
            return;
        }
        while (source.hasRemaining() && isOpen()) {
            ByteBuffer piece = source.slice(source.position(), Math.min(BUFFER, source.remaining()));
            source.position(source.position() + piece.remaining());
            super.inputReady(session, piece);
        }
    }

    /**
     * A consumer that answers before it has read the request, and closes, makes our next write fail while its answer waits in
     * the buffer of the socket. So what has arrived is read first. It may be the alert by which TLS ends (RFC 8446, 6): that says why. Once
     * TLS has ended there is nothing more to read, and to try would look as if the consumer had just closed.
     */
    @Override
    public void exception(IOSession session, Exception cause) {
        Exception told = cause;
        boolean lost = cause instanceof IOException && !(cause instanceof SSLException);
        if (lost && !parser.isLast() && parser.isExpecting()) {
            parser.lose();
            try {
                for (int i = 0; i < LAST_READS && parser.isExpecting() && session.isOpen(); i++) {
                    session.getHandler().inputReady(session, null);
                }
            } catch (SSLException alert) {
                told = alert;
            } catch (IOException | RuntimeException e) {
                cause.addSuppressed(e);
            }
        }
        super.exception(session, told);
    }

    private static final class Duplexer extends ClientHttp1StreamDuplexer {
        private final ProtocolIOSession session;
        private final AnswerParser parser;

        Duplexer(ProtocolIOSession session, AnswerParser parser) {
            super(
                    session,
                    new Start(parser),
                    CONFIG,
                    CHARS,
                    DefaultClientConnectionReuseStrategy.INSTANCE,
                    parser,
                    DefaultHttpRequestWriterFactory.INSTANCE.create(),
                    null,
                    null,
                    null);
            this.session = session;
            this.parser = parser;
        }

        @Override
        protected ContentDecoder createContentDecoder(
                long length, ReadableByteChannel channel, SessionInputBuffer buffer, BasicHttpTransportMetrics metrics)
                throws HttpException {
            return new AnswerBody(
                    super.createContentDecoder(length, channel, buffer, metrics), buffer, parser, session);
        }
    }

    /** Tells the parser whose request is written. */
    private record Start(AnswerParser parser) implements HttpProcessor {
        @Override
        public void process(HttpRequest request, @Nullable EntityDetails body, HttpContext context) {
            boolean tunnel = Method.CONNECT.isSame(request.getMethod());
            parser.expect(Exchange.of(context), tunnel, body == null ? 0 : body.getContentLength());
        }

        @Override
        public void process(HttpResponse response, @Nullable EntityDetails body, HttpContext context) {}
    }
}
