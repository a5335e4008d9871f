package org.webhookbroker.testing;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** What a client of TLS says first, for clients that say no more, or something else. */
public final class ClientHello {
    private ClientHello() {}

    public static byte[] of(Wire tls) throws SSLException {
        SSLEngine engine = tls.engine();
        engine.setUseClientMode(true);
        ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), hello);
        hello.flip();
        byte[] bytes = new byte[hello.remaining()];
        hello.get(bytes);
        return bytes;
    }

    /**
     * By hand, for what the JDK no longer says (RFC 4346, RFC 5246): one suite, and nothing else.
     *
     * @param version such as 0x0302 for TLS 1.1
     */
    public static byte[] of(int version, int suite) {
        ByteBuffer hello = ByteBuffer.allocate(50);
        hello.put((byte) 0x16).putShort((short) 0x0301).putShort((short) 45);
        hello.putInt(0x01_00_00_29).putShort((short) version).put(new byte[32]).put((byte) 0);
        hello.putShort((short) 2).putShort((short) suite).put((byte) 1).put((byte) 0);
        return hello.array();
    }
}
