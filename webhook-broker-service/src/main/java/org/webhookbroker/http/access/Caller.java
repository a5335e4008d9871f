package org.webhookbroker.http.access;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.auth.ApiKey;
import org.webhookbroker.auth.ChannelScope;
import org.webhookbroker.auth.KeysUnavailableException;
import org.webhookbroker.auth.Role;
import org.webhookbroker.http.server.Refusal;

/** What whoever sent a request may see and change, now that its route is allowed. Immutable. */
public final class Caller {
    static final String ATTRIBUTE = Caller.class.getName();

    /** Where keys are off everybody may do everything, tokens aside. */
    private static final Caller ANYBODY = new Caller(false, Optional.empty(), Optional::empty, () -> Duration.ZERO);

    private final boolean keysAreOn;
    private final Optional<ApiKey> key;
    private final Supplier<Optional<ApiKey>> now;
    private final Supplier<Duration> wrong;

    private Caller(boolean keysAreOn, Optional<ApiKey> key, Supplier<Optional<ApiKey>> now, Supplier<Duration> wrong) {
        this.keysAreOn = keysAreOn;
        this.key = key;
        this.now = now;
        this.wrong = wrong;
    }

    /**
     * Where keys are on: a request without one.
     *
     * @param wrong counts a wrong token, and says how long to wait before another; zero unless there were too many
     */
    static Caller stranger(Supplier<Duration> wrong) {
        return new Caller(true, Optional.empty(), Optional::empty, wrong);
    }

    /** @param now asks for the key once more */
    static Caller with(ApiKey key, Supplier<Optional<ApiKey>> now) {
        return new Caller(true, Optional.of(key), now, () -> Duration.ZERO);
    }

    public static Caller of(ContainerRequestContext request) {
        return request.getProperty(ATTRIBUTE) instanceof Caller known ? known : ANYBODY;
    }

    public static Caller of(Request request) {
        return request.getAttribute(ATTRIBUTE) instanceof Caller known ? known : ANYBODY;
    }

    /** Shows no key where one is asked for: it must not learn which channels there are. */
    public boolean isStranger() {
        return keysAreOn && key.isEmpty();
    }

    /** Whether its key stands for a token that it did not send. A token that it sent is judged all the same. */
    public boolean standsFor(@Nullable String token) {
        return key.isPresent() && (token == null || token.isEmpty());
    }

    /**
     * The answer to a token that is not right, or that is for nothing there is. A stranger's counts as a wrong key does; one that was not
     * sent is no guess.
     */
    public Refusal wrongToken(String token, Refusal refusal) {
        Duration pause = token.isEmpty() ? Duration.ZERO : wrong.get();
        return pause.isZero() ? refusal : Refusal.tooMany(KeyGuard.TOO_MANY, KeyGuard.seconds(pause));
    }

    /** Whether its key may send in the name of this producer; without a key the producer's token decides. */
    public boolean maySendAs(String producerId) {
        return key.map(known -> known.maySendAs(producerId)).orElse(true);
    }

    public boolean isAdmin() {
        return !keysAreOn || has(Role.ADMIN);
    }

    /** Whether its key says so: where keys are off nobody is known to be one. */
    public boolean isAdminByKey() {
        return has(Role.ADMIN);
    }

    /** Of which channels, and producers, its key may be used. */
    public ChannelScope covered() {
        return keysAreOn ? key.map(ApiKey::channels).orElse(ChannelScope.NONE) : ChannelScope.ALL;
    }

    /** Whether answers may say what there is. Also asked on routes that callers without the role read may use. */
    public boolean mayRead() {
        return !keysAreOn || has(Role.READ);
    }

    /** For a request that waited: its key may have been revoked, or have ended, meanwhile. */
    public void requireStill() {
        try {
            if (key.isPresent() && now.get().isEmpty()) {
                throw Refusal.of(401, KeyGuard.WRONG_KEY);
            }
        } catch (KeysUnavailableException noDatabase) {
            throw Refusal.tryAgain(KeyGuard.NO_DATABASE);
        }
    }

    /** Whether the {@code Authorization} of its request is the key, and not something to be passed on. */
    public boolean keysAreOn() {
        return keysAreOn;
    }

    /** As it is shown to whoever did not set it in this very request. */
    public String token(String token) {
        return keysAreOn ? Hidden.token(token) : token;
    }

    /** Why a form cannot be used, if it gives back what an answer showed in place of a secret. */
    public Optional<String> givenBack(String token, String callbackUrl) {
        return keysAreOn ? Hidden.givenBack(token, callbackUrl) : Optional.empty();
    }

    /** As {@link #token}: without its user and password. */
    public String callbackUrl(String url) {
        return keysAreOn ? Hidden.credentials(url) : url;
    }

    /** Where a job goes to: to a producer, which need not know more, no more than the host. */
    public String listener(String url) {
        return key.filter(known -> known.role() == Role.BROADCAST).isPresent() ? Hidden.place(url) : callbackUrl(url);
    }

    private boolean has(Role role) {
        return key.filter(known -> known.may(role)).isPresent();
    }
}
