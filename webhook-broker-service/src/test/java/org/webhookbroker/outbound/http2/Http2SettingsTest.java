package org.webhookbroker.outbound.http2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Http2SettingsTest {
    private final Http2Settings settings = new Http2Settings();

    @Tag("G8")
    @ParameterizedTest
    @CsvSource({
        "1, 0, 0",
        "1, 4095, 4095",
        "1, 4096, 4096",
        "1, 2147483647, 4096",
        "1, -1, 4096",
        "2, 0, 0",
        "2, 1, 1",
        "3, 1, 1",
        "3, 100, 100",
        "3, -1, 2147483647",
        "4, 65535, 65535",
        "4, 2147483647, 2147483647",
        "5, 16384, 16384",
        "5, 16777215, 16384",
        "5, 16383, 16383",
        "5, 16777216, 16777216",
        "6, 0, 1",
        "6, 100, 100",
        "6, -1, 2147483647"
    })
    void eachIsANumberThatCanBeTaken(int id, int value, int taken) {
        settings.put(id, value);

        assertThat(written())
                .isEqualTo(ByteBuffer.allocate(6)
                        .putShort((short) id)
                        .putInt(taken)
                        .flip());
    }

    @Test
    void unknownOnesAreIgnored() {
        settings.put(0, 1);
        settings.put(7, 1);
        settings.put(8, 1);
        settings.put(0x0a0a, 1);
        settings.put(0xffff, 1);

        assertThat(settings.length()).isZero();
    }

    @Test
    void aLimitOfZeroLastsUntilAnother() {
        assertThat(settings.takesStreams()).isTrue();
        settings.put(3, 0);
        assertThat(settings.takesStreams()).isFalse();
        settings.put(1, 0);
        assertThat(settings.takesStreams()).isFalse();
        settings.put(3, 1);
        assertThat(settings.takesStreams()).isTrue();
    }

    /** HttpCore takes each SETTINGS frame for all that there is. */
    @Test
    void eachFrameSaysAllThatWasSaid() throws IOException {
        ByteArrayOutputStream passed = new ByteArrayOutputStream();
        Http2Frames frames = new Http2Frames(bytes -> {
            while (bytes.hasRemaining()) {
                passed.write(bytes.get());
            }
        });
        frames.read(frame(4, 1000, 9, 7));
        passed.reset();
        frames.read(frame(3, 50, 4, 2000));

        assertThat(ByteBuffer.wrap(passed.toByteArray())).isEqualTo(frame(3, 50, 4, 2000));
        passed.reset();
        frames.read(frame(1, 9));
        assertThat(ByteBuffer.wrap(passed.toByteArray())).isEqualTo(frame(1, 9, 3, 50, 4, 2000));
    }

    private static ByteBuffer frame(int... idsAndValues) {
        int length = idsAndValues.length * 3;
        ByteBuffer frame = ByteBuffer.allocate(9 + length);
        frame.putInt(length << 8 | 4).put((byte) 0).putInt(0);
        for (int i = 0; i < idsAndValues.length; i += 2) {
            frame.putShort((short) idsAndValues[i]).putInt(idsAndValues[i + 1]);
        }
        return frame.flip();
    }

    private ByteBuffer written() {
        ByteBuffer written = ByteBuffer.allocate(settings.length());
        settings.write(written);
        return written.flip();
    }
}
