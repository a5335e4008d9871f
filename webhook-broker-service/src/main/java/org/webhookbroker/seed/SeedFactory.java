package org.webhookbroker.seed;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.constraints.NotNull;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.webhookbroker.background.BackgroundLoop;
import org.webhookbroker.background.Incarnation;
import org.webhookbroker.database.Database;
import org.webhookbroker.outbound.CallbackCheck;
import org.webhookbroker.registry.RegistryStores;

/** The {@code seed} block of the configuration: what is to exist from the start. */
public final class SeedFactory {
    /** How long a node waits before it checks whether another has finished or died. */
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** A producer without a name is named by its id; one without a token gets a random one, once. */
    @JsonProperty
    @NotNull
    public List<@NotNull SeedEntry> producers = List.of();

    /** As for {@link #producers}. */
    @JsonProperty
    @NotNull
    public List<@NotNull SeedEntry> channels = List.of();

    /** The channel of each is one of {@link #channels}. */
    @JsonProperty
    @NotNull
    public List<@NotNull SeedConsumer> consumers = List.of();

    /** The loop that applies them; to be started once the incarnation has begun. */
    public BackgroundLoop build(
            Database database, Incarnation incarnation, RegistryStores registry, CallbackCheck callbacks) {
        return new BackgroundLoop("seed", INTERVAL, duty(database, incarnation, registry, callbacks));
    }

    Seeding duty(Database database, Incarnation incarnation, RegistryStores registry, CallbackCheck callbacks) {
        return new Seeding(this, new AppStateStore(database), incarnation, new SeedWriter(registry, callbacks));
    }

    /** Of everything in here, each text with its length before it, so that no two different sets look alike. */
    byte[] fingerprint(byte[] salt) {
        MessageDigest digest = sha256();
        digest.update(salt);
        Stream.of(
                        producers.stream().map(SeedEntry::texts).toList(),
                        channels.stream().map(SeedEntry::texts).toList(),
                        consumers.stream().map(SeedConsumer::texts).toList())
                .forEach(entries -> {
                    update(digest, entries.size());
                    entries.forEach(texts -> texts.forEach(text -> {
                        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                        update(digest, bytes.length);
                        digest.update(bytes);
                    }));
                });
        return digest.digest();
    }

    private static void update(MessageDigest digest, int number) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(number).flip());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
