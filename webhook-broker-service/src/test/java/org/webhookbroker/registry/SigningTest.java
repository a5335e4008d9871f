package org.webhookbroker.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.webhookbroker.signature.SignatureVersion;
import org.webhookbroker.signature.SigningSecret;

class SigningTest {
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00.5Z");
    private static final Duration DAY = Duration.ofDays(1);

    private final SigningSecret first = SigningSecret.make(SignatureVersion.V1);
    private final SigningSecret second = SigningSecret.make(SignatureVersion.V1A);
    private final SigningSecret third = SigningSecret.make(SignatureVersion.V1);
    private final Signing once = Signing.with(first, true).rotated(second, NOW, DAY);

    @Test
    void bothSignUntilTheOverlapEnds() {
        Instant end = Instant.parse("2026-11-29T12:00:00Z");
        assertThat(once.inUse(NOW)).containsExactly(second, first);
        assertThat(once.inUse(end.minusNanos(1))).containsExactly(second, first);
        assertThat(once.inUse(end)).containsExactly(second);
        assertThat(once.previousUntil(NOW)).contains(end);
        assertThat(once.previousUntil(end)).isEmpty();
        assertThat(once.at(end)).isEqualTo(Signing.with(second, true));
        assertThat(once.at(NOW)).isSameAs(once);
    }

    @Test
    void aSecondRotationDoesNotShortenTheFirst() {
        Signing twice = once.rotated(third, NOW.plusSeconds(60), Duration.ofMinutes(5));
        assertThat(twice.inUse(NOW.plusSeconds(61))).containsExactly(third, second, first);
        assertThat(twice.inUse(NOW.plus(Duration.ofHours(1)))).containsExactly(third, first);
        assertThat(twice.previousUntil(NOW)).contains(Instant.parse("2026-11-29T12:00:00Z"));
        assertThat(twice.inUse(NOW.plus(DAY))).containsExactly(third);
    }

    @Test
    void threeSignaturesAreTheMost() {
        Signing twice = once.rotated(third, NOW, Duration.ofMinutes(5));
        SigningSecret fourth = SigningSecret.make(SignatureVersion.V1);
        assertThatThrownBy(() -> twice.rotated(fourth, NOW, DAY))
                .isInstanceOf(RotationRefusedException.class)
                .hasMessage("2 previous secrets are in use, the first of them until 2026-11-28T12:05:00Z;"
                        + " wait for that, or end all of them with `overlap` 0");
        assertThat(twice.rotated(fourth, NOW, Duration.ZERO)).isEqualTo(Signing.with(fourth, true));
        assertThat(twice.rotated(fourth, NOW.plus(Duration.ofMinutes(5)), DAY).inUse(NOW.plus(Duration.ofMinutes(6))))
                .containsExactly(fourth, third, first);
    }

    @Test
    void whatIsNotSignedIsNotRotated() {
        assertThatThrownBy(() -> Signing.NONE.rotated(first, NOW, DAY))
                .isInstanceOf(RotationRefusedException.class)
                .hasMessage("`signing` of the consumer is none; switch it on with PATCH and `signing` v1 or v1a");
    }

    @Test
    void theColumnHoldsAllOfIt() {
        Signing longest = Signing.with(SigningSecret.parse(longest()), false)
                .rotated(SigningSecret.parse(longest()), NOW, DAY)
                .rotated(SigningSecret.parse(longest()), NOW, DAY);
        for (Signing signing : List.of(Signing.NONE, once, longest)) {
            String text = SigningColumn.text(signing);
            assertThat(SigningColumn.read(text, signing.sendToken())).isEqualTo(signing);
            assertThat(text.length()).isLessThan(400);
        }
    }

    private static String longest() {
        return "whsec_" + Base64.getEncoder().encodeToString(new byte[64]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "whsec_AAAA", " ", "%s @", "%s whsec_x", "%s %s", "%s %s@", "%s %s@x", "%s  "})
    void aColumnThatCannotBeReadIsNotShown(String text) {
        String written = text.replace("%s", first.text());
        assertThatThrownBy(() -> SigningColumn.read(written, true))
                .isInstanceOf(IllegalStateException.class)
                .hasNoCause()
                .hasMessage("The signing secrets of a consumer cannot be read from the database");
    }

    @Test
    void noTextOfARecordHoldsASecret() {
        assertThat(once + " " + new Signing.Previous(first, NOW))
                .doesNotContain(first.text())
                .doesNotContain(second.text());
    }
}
