package org.webhookbroker.audit;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What is recorded. */
public enum Action {
    PUT(Share.REGISTRY),
    PATCH(Share.REGISTRY),
    DELETE(Share.REGISTRY),
    ROTATE_SECRET(Share.REGISTRY),
    /** A consumer is being removed together with its jobs. */
    END_JOBS(Share.REGISTRY),
    REQUEUE(Share.JOBS),
    PURGE(Share.JOBS),
    REPLAY(Share.OPERATORS),
    PRUNE(Share.OPERATORS),
    RESTORE(Share.OPERATORS),
    ADD_KEY(Share.OPERATORS),
    REVOKE_KEY(Share.OPERATORS),
    /** Any task of the admin port, whatever it did; and by a key that may not run it, that it was refused. */
    TASK(Share.JOBS),
    /** Records were removed before their time. */
    FORGET(Share.OPERATORS);

    private final Share share;

    Action(Share share) {
        this.share = share;
    }

    Share shareOf(Who who) {
        return who.operates() ? Share.OPERATORS : share;
    }

    public static Optional<Action> parse(String name) {
        return Arrays.stream(values())
                .filter(action -> action.wireName().equals(name))
                .findFirst();
    }

    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
