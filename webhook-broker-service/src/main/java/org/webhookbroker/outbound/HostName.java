package org.webhookbroker.outbound;

import java.net.IDN;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.webhookbroker.outbound.address.HostResolver;

/**
 * The name of a host as DNS knows it. The JDK maps names that are not ASCII by the rules of 2003 (IDNA 2003, Unicode 3.2), browsers and
 * registries by those of 2008 (UTS 46, non-transitional). Where both may differ, a name could belong to somebody else:
 * {@code faß.test} is xn--fa-hia.test and was fass.test. Such a name is refused, as are invisible characters and symbols.
 */
public final class HostName {
    private static final Pattern NAME = Pattern.compile("[a-z0-9_]([a-z0-9_.-]*[a-z0-9_.-])?");
    private static final int LONGEST = 253;
    private static final Pattern ASCII = Pattern.compile("\\p{ASCII}*");
    /** The full stops of ideographic scripts. */
    private static final Pattern DOTS = Pattern.compile("[\u3002\uff0e\uff61]");

    /** What IDNA 2008 makes names of, in any width, letter case and composition. */
    private static final Pattern LETTERS = Pattern.compile("[\\p{L}\\p{M}\\p{Nd}._-]+");

    private HostName() {}

    /**
     * For a host that is not ASCII and could not be called, with the way out; empty for anything else. Other URLs that cannot be
     * called are stored (contract 5.1), as are those of earlier versions: each call then fails with the reason.
     */
    public static Optional<String> wrongIn(String url) {
        try {
            Optional<String> host = Target.internationalHost(url);
            if (host.isPresent()) {
                ascii(host.get());
            }
            return Optional.empty();
        } catch (BadCall e) {
            return Optional.of("`callbackUrl`: " + e.getMessage());
        }
    }

    static String ascii(String written) throws BadCall {
        try {
            String ascii = ASCII.matcher(written).matches()
                    ? IDN.toASCII(written, IDN.ALLOW_UNASSIGNED)
                    : mapped(DOTS.matcher(written).replaceAll("."));
            String name = ascii.toLowerCase(Locale.ROOT);
            if (NAME.matcher(name).matches() && HostResolver.undotted(name).length() <= LONGEST) {
                return name;
            }
        } catch (IllegalArgumentException e) {
            // Falls through: not a name.
        }
        throw new BadCall("bad-url", "The host of the callback is not a name or an address");
    }

    /** Letters of their own since 2008, such as the sharp s, do not survive the JDK's mapping, so their names differ here too. */
    private static String mapped(String written) throws BadCall {
        String modern = compatible(lower(compatible(written)));
        String ascii = IDN.toASCII(modern, IDN.ALLOW_UNASSIGNED);
        if (LETTERS.matcher(written).matches()
                && modern.equals(IDN.toUnicode(ascii, IDN.ALLOW_UNASSIGNED))
                && ascii.equalsIgnoreCase(IDN.toASCII(written, IDN.ALLOW_UNASSIGNED))) {
            return ascii;
        }
        throw new BadCall(
                "bad-url",
                "The host of the callback has characters that programs map to different names; write it as xn--..., as its registry does");
    }

    private static String compatible(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKC);
    }

    /** Each character by itself: a sigma at the end of a word is no other letter here. */
    private static String lower(String text) {
        return text.codePoints()
                .map(Character::toLowerCase)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
