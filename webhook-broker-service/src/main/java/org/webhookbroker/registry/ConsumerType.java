package org.webhookbroker.registry;

import java.util.Optional;

/** How a consumer gets its messages; the numbers and names are those of contract 5.2. */
public enum ConsumerType {
    PULL,
    PUSH;

    /** 0 pull, 1 push. */
    public int code() {
        return this == PUSH ? 1 : 0;
    }

    public static ConsumerType of(int code) {
        return code == 1 ? PUSH : PULL;
    }

    public String wireName() {
        return this == PUSH ? "push" : "pull";
    }

    /** Case-sensitive; empty text means push. */
    public static Optional<ConsumerType> parse(String text) {
        return switch (text) {
            case "push", "" -> Optional.of(PUSH);
            case "pull" -> Optional.of(PULL);
            default -> Optional.empty();
        };
    }
}
