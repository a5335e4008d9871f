package org.webhookbroker.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class XidTest {
    private static final List<Xid> SAMPLES = Stream.concat(
                    Stream.of(
                            new Xid(0, 0), new Xid(-1, -1), new Xid(Long.MIN_VALUE, 1), new Xid(1, Integer.MIN_VALUE)),
                    new Random(1).longs(500).mapToObj(high -> new Xid(high, (int) (high * 31))))
            .toList();

    @Test
    void textAndBytesComeBack() {
        assertThat(SAMPLES).allSatisfy(xid -> {
            assertThat(Xid.parse(xid.toString())).contains(xid);
            assertThat(Xid.of(xid.bytes())).isEqualTo(xid);
        });
    }

    @Test
    void knownXidOfTheReferenceImplementation() {
        Xid xid = Xid.parse("9m4e2mr0ui3e8a215n4g").orElseThrow();
        assertThat(xid.bytes()).containsExactly(0x4d, 0x88, 0xe1, 0x5b, 0x60, 0xf4, 0x86, 0xe4, 0x28, 0x41, 0x2d, 0xc9);
        assertThat(xid.createdAt()).isEqualTo(Instant.ofEpochSecond(0x4d88e15bL));
        assertThat(xid).hasToString("9m4e2mr0ui3e8a215n4g");
    }

    @Test
    void sortsAlikeAsValueAsTextAndAsBytes() {
        List<Xid> byValue = SAMPLES.stream().sorted().toList();
        assertThat(byValue)
                .isEqualTo(SAMPLES.stream()
                        .sorted(Comparator.comparing(Xid::toString))
                        .toList())
                .isEqualTo(SAMPLES.stream()
                        .sorted(Comparator.comparing(Xid::bytes, Arrays::compareUnsigned))
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "9m4e2mr0ui3e8a215n4",
                "9m4e2mr0ui3e8a215n4g0",
                "9M4E2MR0UI3E8A215N4G",
                "9m4e2mr0ui3e8a215n4h", // bits that a 12-byte value does not have
                "9m4e2mr0ui3e8a215nw0",
                "9m4e2mr0ui3e8a215n4g\n"
            })
    void refusesWhatIsNotAnXid(String text) {
        assertThat(Xid.parse(text)).isEmpty();
    }

    @Test
    void refusesBytesOfAnotherLength() {
        assertThatThrownBy(() -> Xid.of(new byte[11])).hasMessageContaining("12 bytes, not 11");
    }
}
