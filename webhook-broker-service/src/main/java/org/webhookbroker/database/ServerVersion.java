package org.webhookbroker.database;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code SELECT VERSION()} says, such as {@code 10.11.6-MariaDB-0+deb12u1}. */
record ServerVersion(int major, int minor, boolean mariaDb, String text) {
    /** Old clients were told a MySQL version first: {@code 5.5.5-10.6.4-MariaDB}. */
    private static final Pattern FORM = Pattern.compile("(?:5\\.5\\.5-)?(\\d+)\\.(\\d+)\\b.*");

    static ServerVersion parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new StartRefusedException("database.url: the server's version " + text
                    + " is not understood; the broker needs MariaDB 10.6 or newer");
        }
        return new ServerVersion(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                text.toLowerCase(Locale.ROOT).contains("mariadb"),
                text);
    }

    /** 10.6 brought SKIP LOCKED, without which leasing nodes would wait for each other. */
    void requireSupported() {
        if (!mariaDb) {
            throw new StartRefusedException("database.url: the server is MySQL " + text
                    + " or a relative of it, not MariaDB. The broker needs MariaDB 10.6 or newer: point database.url to one,"
                    + " or leave it empty to use the embedded one");
        }
        if (major < 10 || (major == 10 && minor < 6)) {
            throw new StartRefusedException("database.url: the server is MariaDB " + text
                    + ", which lacks SKIP LOCKED. Upgrade it to 10.6 or newer (10.11 and 11.4 are long-term releases), or"
                    + " leave database.url empty to use the embedded one");
        }
    }
}
