package org.webhookbroker.outbound.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.hc.core5.http2.H2ConnectionException;
import org.apache.hc.core5.http2.H2Error;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("G8")
class Http2AllowanceTest {
    private static final int DATA = 0;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int UNKNOWN = 0x21;
    private static final int ACK = 1;
    private static final int PADDED = 8;

    private int passed;
    private final Http2Frames frames = new Http2Frames(bytes -> passed += bytes.remaining());

    @ParameterizedTest
    @ValueSource(ints = {SETTINGS, PING})
    void aHundredAnswersMayWait(int type) throws IOException {
        int length = type == PING ? 8 : 0;
        for (int i = 0; i < 100; i++) {
            read(type, 0, length);
        }
        frames.opened(1);
        assertTooMany(type, length);
        assertThat(passed).isEqualTo(100 * (9 + length));
    }

    @ParameterizedTest
    @ValueSource(ints = {SETTINGS, PING})
    void whatIsAnsweredAtOnceMayGoOn(int type) throws IOException {
        for (int i = 0; i < 20_000; i++) {
            read(type, 0, type == PING ? 8 : 0);
            frames.sent(type, ACK);
        }
    }

    /** Neither our own, nor what answers it. */
    @Test
    void onlyAnswersMakeRoom() throws IOException {
        for (int i = 0; i < 100; i++) {
            read(PING, 0, 8);
            read(PING, ACK, 8);
            frames.sent(PING, 0);
            frames.sent(SETTINGS, 0);
            frames.sent(DATA, ACK);
        }
        assertTooMany(PING, 8);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8, 9, UNKNOWN})
    void aMebibyteComesForACall(int type) throws IOException {
        int frame = 9 + 4;
        for (int call = 1; call < 4; call++) {
            frames.opened(call);
            for (int i = 0; i < (1 << 20) / frame; i++) {
                read(type, 0, 4);
            }
        }
        assertTooMany(type, 4);
    }

    @Test
    void whatIsAnnouncedCounts() {
        assertTooMany(UNKNOWN, 1 << 20);
        assertThat(passed).isZero();
    }

    /** The bytes of the body are bounded by {@code outbound.maxResponseBytes}; its padding and its frames are not. */
    @Test
    void aBodyCountsByItsFrames() throws IOException {
        for (int i = 0; i < (1 << 20) / 9; i++) {
            read(DATA, 0, 1000);
        }
        assertTooMany(DATA, 1);
    }

    @Test
    void paddingCounts() throws IOException {
        for (int i = 0; i < (1 << 20) / 109; i++) {
            read(DATA, PADDED, 100);
        }
        assertTooMany(DATA | PADDED << 8, 100);
    }

    private void assertTooMany(int typeAndFlags, int length) {
        assertThatThrownBy(() -> read(typeAndFlags & 0xff, typeAndFlags >> 8, length))
                .isInstanceOfSatisfying(
                        H2ConnectionException.class,
                        failure -> assertThat(failure.getCode()).isEqualTo(H2Error.ENHANCE_YOUR_CALM.getCode()));
    }

    private void read(int type, int flags, int length) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(9 + length);
        frame.putInt(length << 8 | type).put((byte) flags).putInt(type == SETTINGS || type == PING ? 0 : 1);
        frames.read(frame.rewind());
    }
}
