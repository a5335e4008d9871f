package org.webhookbroker.auth;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a key may do. */
public enum Role {
    /** Everything. */
    ADMIN,
    /** Requeue, purge, replay, prune, restore, and the tasks that say so; and all that {@link #READ} may. */
    OPERATE,
    /** Read all that the API shows; tokens and secrets are never shown. */
    READ,
    /** Channels and producers whose ids the key covers, and the consumers of these channels. */
    REGISTER,
    /** Send messages to channels that the key covers, in place of tokens. */
    BROADCAST,
    /** Take and settle jobs of consumers of channels that the key covers, in place of tokens. */
    CONSUME;

    public static Optional<Role> parse(String name) {
        return Arrays.stream(values())
                .filter(role -> role.wireName().equals(name))
                .findFirst();
    }

    /** Whether a key of this role may do what one of the other may. */
    public boolean includes(Role wanted) {
        return this == wanted || this == ADMIN || (this == OPERATE && wanted == READ);
    }

    /** Whether whoever has it operates the broker. */
    public boolean operates() {
        return this == ADMIN || this == OPERATE;
    }

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
