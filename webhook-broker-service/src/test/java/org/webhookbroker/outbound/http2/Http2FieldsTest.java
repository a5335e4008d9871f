package org.webhookbroker.outbound.http2;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.core5.http2.H2ConnectionException;
import org.apache.hc.core5.http2.H2Error;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A consumer cuts the fields of its answers as it likes. */
@Tag("G6")
class Http2FieldsTest {
    private static final int LONGEST = 16 << 10;
    /** What a field has beside its value: a type, the name {@code x} with its length, and a length of three bytes. */
    private static final int AROUND = 1 + 2 + 3;

    private final List<String> taken = new ArrayList<>();
    private final Http2Fields fields = new Http2Fields((name, value) -> taken.add(name + "=" + value));

    /** It was copied again for each piece, 134 MB for a field. */
    @Test
    void aFieldInPiecesOfOneByteCostsLittle() throws Exception {
        byte[] field = field(LONGEST - AROUND);
        assertThat(allocatedBy(field)).isLessThan(8 << 20);
        assertThat(taken).hasSize(1);
    }

    /** Three of four pieces end in the middle of a number. */
    @Test
    void manySmallFieldsInPiecesOfOneByteCostLittle() throws Exception {
        byte[] field = field(0);
        byte[] many = new byte[LONGEST];
        for (int i = 0; i < many.length; i++) {
            many[i] = field[i % field.length];
        }
        assertThat(allocatedBy(many)).isLessThan(16 << 20);
        assertThat(taken).hasSize(LONGEST / field.length);
    }

    private long allocatedBy(byte[] bytes) throws H2ConnectionException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);
        read(bytes, 1);
        return threads.getThreadAllocatedBytes(thread) - before;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 500, 5000, 16_383, 16_384, 16_385, 100_000})
    void fieldsAreTheSameHoweverTheyAreCut(int size) throws Exception {
        int[] lengths = {0, 1, 126, 127, 5000, 20, LONGEST - AROUND, 3, 8000, 8000, 300};
        ByteBuffer all = ByteBuffer.allocate(100_000);
        List<String> expected = new ArrayList<>();
        for (int length : lengths) {
            all.put((byte) 0x88).put(field(length));
            expected.add(":status=200");
            expected.add("x=" + "v".repeat(length));
        }
        byte[] bytes = new byte[all.position()];
        all.flip().get(bytes);

        read(bytes, size);

        assertThat(taken).isEqualTo(expected);
        assertThat(fields.hasRest()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000, 16_384, 100_000})
    void aFieldThatIsTooLongIsRefusedHoweverItIsCut(int size) throws Exception {
        assertThatThrownBy(() -> read(field(LONGEST - AROUND + 1), size))
                .isInstanceOfSatisfying(
                        H2ConnectionException.class,
                        failure -> assertThat(failure.getCode()).isEqualTo(H2Error.ENHANCE_YOUR_CALM.getCode()));
        assertThat(taken).isEmpty();
    }

    @Test
    void halfAFieldIsARest() throws Exception {
        read(field(10), 100);
        assertThat(fields.hasRest()).isFalse();
        fields.read(ByteBuffer.wrap(field(10), 0, 5));
        assertThat(fields.hasRest()).isTrue();
        fields.read(ByteBuffer.allocate(0));
        assertThat(fields.hasRest()).isTrue();
    }

    private void read(byte[] bytes, int size) throws H2ConnectionException {
        for (int from = 0; from < bytes.length; from += size) {
            ByteBuffer part = ByteBuffer.wrap(bytes, from, Math.min(size, bytes.length - from));
            fields.read(part);
            if (part.hasRemaining()) {
                throw new AssertionError("Not all was read");
            }
        }
    }

    private static byte[] field(int length) {
        ByteBuffer field = ByteBuffer.allocate(AROUND + length);
        field.put((byte) 0).put((byte) 1).put((byte) 'x');
        if (length < 127) {
            field.put((byte) length);
        } else {
            int more = length - 127;
            field.put((byte) 127);
            for (; more >= 128; more >>= 7) {
                field.put((byte) (0x80 | (more & 0x7f)));
            }
            field.put((byte) more);
        }
        field.put("v".repeat(length).getBytes(US_ASCII));
        byte[] bytes = new byte[field.position()];
        field.flip().get(bytes);
        return bytes;
    }
}
