package org.webhookbroker.audit;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * On what something was done.
 *
 * @param channel of a consumer, its channel; of a channel itself the same as {@code id}; otherwise empty
 */
public record Target(Kind kind, String id, String channel) {
    static final int LONGEST = 255;

    public enum Kind {
        PRODUCER,
        CHANNEL,
        CONSUMER,
        KEY,
        TASK,
        MESSAGES,
        AUDIT;

        public static Optional<Kind> parse(String name) {
            return Arrays.stream(values())
                    .filter(kind -> kind.wireName().equals(name))
                    .findFirst();
        }

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Target {
        id = Shown.cut(id, LONGEST);
        channel = Shown.cut(channel, LONGEST);
    }

    public static Target of(Kind kind, String id) {
        return new Target(kind, id, kind == Kind.CHANNEL ? id : "");
    }

    public static Target consumer(String channel, String id) {
        return new Target(Kind.CONSUMER, id, channel);
    }

    /** For people. */
    @Override
    public String toString() {
        return kind.wireName() + " " + (kind == Kind.CONSUMER ? channel + "/" + id : id);
    }
}
