package org.webhookbroker.retention;

/**
 * What could not be read of one archive file.
 *
 * @param lines that are no messages; all others were read
 * @param first the number of the first of them, and {@code reason} what is wrong with it
 * @param cut the file does not end as it should: what came before was read
 */
public record Damage(String file, long lines, long first, String reason, boolean cut) {
    static Damage none(String file) {
        return new Damage(file, 0, 0, "", false);
    }

    boolean any() {
        return lines > 0 || cut;
    }

    Damage line(long number, String why) {
        return lines == 0 ? new Damage(file, 1, number, why, cut) : new Damage(file, lines + 1, first, reason, cut);
    }

    Damage cutOff() {
        return new Damage(file, lines, first, reason, true);
    }

    /** For operators. */
    @Override
    public String toString() {
        String damaged = lines == 0
                ? ""
                : "lines that are no messages: %s, the first is line %s: %s".formatted(lines, first, reason);
        String ends = cut ? "not read to its end" : "";
        return file + ": " + damaged + (lines > 0 && cut ? "; " : "") + ends;
    }
}
