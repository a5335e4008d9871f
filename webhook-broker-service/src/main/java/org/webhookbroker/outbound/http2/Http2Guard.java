package org.webhookbroker.outbound.http2;

import org.apache.hc.core5.concurrent.CallbackContribution;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.function.Callback;
import org.apache.hc.core5.http.config.CharCodingConfig;
import org.apache.hc.core5.http.protocol.HttpProcessor;
import org.apache.hc.core5.http.protocol.HttpProcessorBuilder;
import org.apache.hc.core5.http2.config.H2Config;
import org.apache.hc.core5.http2.impl.nio.ClientH2PrefaceHandler;
import org.apache.hc.core5.http2.impl.nio.ClientH2StreamMultiplexerFactory;
import org.apache.hc.core5.http2.ssl.ApplicationProtocol;
import org.apache.hc.core5.reactor.ConnectionInitiator;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.ProtocolIOSession;
import org.jspecify.annotations.Nullable;

/** Starts HTTP/2 on a connection as HttpClient does, but with {@link Http2Frames} in front of it. Thread-safe. */
public final class Http2Guard {
    private static final HttpProcessor NONE = HttpProcessorBuilder.create().build();

    /** The least that frames may be is the size of a buffer that each connection has. */
    private static final H2Config CONFIG = H2Config.custom()
            .setPushEnabled(false)
            .setMaxFrameSize(16 << 10)
            .setHeaderTableSize(Http2Fields.TABLE)
            .setMaxHeaderListSize(Http2Heads.MOST_BYTES)
            .build();

    private final CharCodingConfig coding;
    private final Callback<Exception> log;

    public Http2Guard(CharCodingConfig coding, Callback<Exception> log) {
        this.coding = coding;
        this.log = log;
    }

    /** Opens connections as the given one does; those whose consumer chooses HTTP/2 are guarded. */
    public ConnectionInitiator around(ConnectionInitiator initiator) {
        return (endpoint, remote, local, timeout, attachment, callback) ->
                initiator.connect(endpoint, remote, local, timeout, attachment, registering(callback));
    }

    private FutureCallback<IOSession> registering(FutureCallback<IOSession> callback) {
        return new CallbackContribution<>(callback) {
            @Override
            public void completed(IOSession session) {
                if (session instanceof ProtocolIOSession connection) {
                    connection.registerProtocol(ApplicationProtocol.HTTP_2.id, Http2Guard.this::start);
                }
                callback.completed(session);
            }
        };
    }

    private void start(ProtocolIOSession session, @Nullable FutureCallback<ProtocolIOSession> callback) {
        Http2Input input = new Http2Input(session);
        ClientH2StreamMultiplexerFactory http2 =
                new ClientH2StreamMultiplexerFactory(NONE, null, CONFIG, coding, input);
        input.begin(new ClientH2PrefaceHandler(
                session,
                http2,
                true,
                new CallbackContribution<>(callback) {
                    @Override
                    public void completed(ProtocolIOSession same) {
                        input.goOn();
                        if (callback != null) {
                            callback.completed(same);
                        }
                    }
                },
                log));
    }
}
