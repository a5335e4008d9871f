package org.webhookbroker.audit;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** The fields in which two states differ, by name. Of a secret it says no more than that there is one, and that it changed. */
public final class Differences<T> {
    private static final String SET = "set";
    private static final String CHANGED = "changed";
    private static final String REMOVED = "removed";
    private static final int ALIKE = 200;

    private final Optional<T> before;
    private final Optional<T> after;
    private final Shown shownBefore = new Shown();
    private final Shown shownAfter = new Shown();

    public Differences(Optional<T> before, Optional<T> after) {
        this.before = before;
        this.after = after;
    }

    /** An empty text counts as none. */
    public Differences<T> text(String name, Function<T, String> field) {
        return shown(name, field, UnaryOperator.identity());
    }

    public Differences<T> url(String name, Function<T, String> field) {
        return shown(name, field, Shown::url);
    }

    private Differences<T> shown(String name, Function<T, String> field, UnaryOperator<String> show) {
        String old = text(before, field);
        String now = text(after, field);
        if (!old.equals(now)) {
            String then = show.apply(old);
            String next = show.apply(now);
            shownBefore.and(name, then);
            shownAfter.and(name, looksAlike(then, next) ? "(" + CHANGED + ") " + next : next);
        }
        return this;
    }

    /** What is cut or masked may look as if nothing had changed. */
    private static boolean looksAlike(String one, String other) {
        return one.equals(other) || one.regionMatches(0, other, 0, ALIKE);
    }

    public Differences<T> secret(String name, Function<T, String> field) {
        String old = text(before, field);
        String now = text(after, field);
        if (!old.equals(now)) {
            shownBefore.and(name, old.isEmpty() ? "" : SET);
            if (!now.isEmpty()) {
                shownAfter.and(name, old.isEmpty() ? SET : CHANGED);
            } else if (after.isPresent()) {
                shownAfter.and(name, REMOVED);
            }
        }
        return this;
    }

    private String text(Optional<T> state, Function<T, String> field) {
        return state.map(field).orElse("");
    }

    String before() {
        return shownBefore.json();
    }

    String after() {
        return shownAfter.json();
    }
}
