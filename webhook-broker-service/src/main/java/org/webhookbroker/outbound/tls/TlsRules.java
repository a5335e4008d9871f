package org.webhookbroker.outbound.tls;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.webhookbroker.database.StartRefusedException;
import org.webhookbroker.outbound.LogText;

/** What the configuration lays down for TLS with consumers. Thread-safe, but for {@link #look}. */
public final class TlsRules {
    private static final String DEFAULT = "default";
    private static final Pattern HTTPS = Pattern.compile("https:.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private final boolean requireHttps;
    private final Map<String, WatchedProfile> named = new TreeMap<>();
    private final TlsProfile unnamed;

    /** What cannot be used is a {@link StartRefusedException} that says why. */
    public TlsRules(List<TlsProfileFactory> profiles, boolean requireHttps, InstantSource clock) {
        this(profiles, requireHttps, clock, new TlsProfileFactory().read().profile(DEFAULT));
    }

    /** @param fallback for those who choose no profile, if none is named {@code default} */
    public TlsRules(List<TlsProfileFactory> profiles, boolean requireHttps, InstantSource clock, TlsProfile fallback) {
        this.requireHttps = requireHttps;
        this.unnamed = fallback;
        for (TlsProfileFactory each : profiles) {
            if (named.put(each.name, new WatchedProfile(each, clock)) != null) {
                throw new StartRefusedException("outbound.tls has two profiles " + each.name + "; give them two names");
            }
        }
    }

    /** @param name empty for the default; what is not there has no substitute */
    public Optional<TlsProfile> profile(String name) {
        String sought = name.isEmpty() ? DEFAULT : name;
        WatchedProfile found = named.get(sought);
        if (found != null) {
            return Optional.of(found.current());
        }
        return sought.equals(DEFAULT) ? Optional.of(unnamed) : Optional.empty();
    }

    public boolean requireHttps() {
        return requireHttps;
    }

    /** What is wrong with a callback URL, and the way out. */
    public Optional<String> wrongUrl(String url) {
        return requireHttps && !HTTPS.matcher(url).matches()
                ? Optional.of("`callbackUrl` must begin with https://, since the configuration requires it")
                : Optional.empty();
    }

    /** What is wrong with the name of a profile, and the way out. */
    public Optional<String> wrongProfile(String name) {
        if (profile(name).isPresent()) {
            return Optional.empty();
        }
        List<String> known =
                named.keySet().stream().filter(each -> !each.equals(DEFAULT)).toList();
        return Optional.of("`tlsProfile`: the configuration has no TLS profile " + LogText.of(name, 64) + "; it has "
                + DEFAULT + (known.isEmpty() ? " only" : ", " + String.join(", ", known)));
    }

    /** Whether there are files to look at. */
    public boolean hasFiles() {
        return !named.isEmpty();
    }

    /** At the files of all profiles: what they hold by now is used for the next connection. */
    public void look() {
        named.values().forEach(WatchedProfile::look);
    }
}
