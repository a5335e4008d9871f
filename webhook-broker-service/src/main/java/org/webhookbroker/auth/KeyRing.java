package org.webhookbroker.auth;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The keys that hold, as this node knows them. It judges by no view that is older than a second; whoever makes or revokes a key
 * answers only after a second ({@link Keys}), when all nodes know. So an unknown key costs no read, however many there are. Thread-safe.
 */
public final class KeyRing {
    static final Duration OLDEST_VIEW = Duration.ofSeconds(1);

    /** Requests that may wait for a fresh view: each holds a thread of the server. */
    private static final int MOST_WAITING = 16;

    private static final Duration PATIENCE = Duration.ofMillis(500);
    /** No request asks a database again that did not answer so short a time ago. */
    private static final Duration AFTER_FAILURE = Duration.ofMillis(100);

    /** @param asOf when the read began that confirmed it */
    private record View(long version, Map<String, StoredKey> byHash, long asOf) {}

    private final KeyStore store;
    private final LastUses uses;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final ReentrantLock reading = new ReentrantLock();
    private final Semaphore waiting = new Semaphore(MOST_WAITING);
    private volatile View view;
    private volatile long failedAt;

    /** Reads all keys. */
    KeyRing(KeyStore store, LastUses uses, InstantSource clock, LongSupplier nanos) {
        this.store = store;
        this.uses = uses;
        this.clock = clock;
        this.nanos = nanos;
        this.failedAt = nanos.getAsLong() - AFTER_FAILURE.toNanos();
        this.view = read(new View(-1, Map.of(), 0));
    }

    /**
     * The key whose text this is, if it holds now.
     *
     * @throws KeysUnavailableException when the database has not answered for a second
     */
    public Optional<ApiKey> find(String text) {
        String hash = KeyText.hash(text);
        StoredKey found = fresh().byHash.get(hash);
        Instant now = clock.instant();
        if (found == null || !found.hasHash(hash) || found.key().hasEnded(now)) {
            return Optional.empty();
        }
        uses.used(found.key(), now);
        return Optional.of(found.key());
    }

    /** Whether anybody may do everything. */
    boolean hasAdmin() {
        Instant now = clock.instant();
        return view.byHash.values().stream().anyMatch(key -> key.isOfAdmin(now));
    }

    /** Looks whether a key was made or revoked. One primary-key read if none was. */
    boolean refresh() {
        publish(read(view));
        return false;
    }

    /** Usually the loop has just confirmed it. If it could not, one request reads beside it, and a few wait for that. */
    private View fresh() {
        View known = view;
        if (isFresh(known)) {
            return known;
        }
        if (hasJustFailed() || !waiting.tryAcquire()) {
            throw new KeysUnavailableException();
        }
        try {
            if (!reading.tryLock(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new KeysUnavailableException();
            }
            try {
                return freshest();
            } finally {
                reading.unlock();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new KeysUnavailableException();
        } finally {
            waiting.release();
        }
    }

    private View freshest() {
        if (!isFresh(view) && !hasJustFailed()) {
            try {
                refresh();
            } catch (RuntimeException logged) {
                // By the loop, which meets it too.
            }
        }
        View known = view;
        if (!isFresh(known)) {
            throw new KeysUnavailableException();
        }
        return known;
    }

    private View read(View known) {
        long began = nanos.getAsLong();
        try {
            if (store.version() == known.version) {
                return new View(known.version, known.byHash, began);
            }
            KeyStore.Keys now = store.all();
            return new View(
                    now.version(),
                    now.all().stream().collect(Collectors.toMap(StoredKey::hash, Function.identity())),
                    began);
        } catch (RuntimeException failure) {
            failedAt = nanos.getAsLong();
            throw failure;
        }
    }

    private synchronized void publish(View read) {
        if (read.asOf - view.asOf > 0) {
            view = read;
        }
    }

    private boolean hasJustFailed() {
        return age(failedAt) < AFTER_FAILURE.toNanos();
    }

    private boolean isFresh(View known) {
        return age(known.asOf) < OLDEST_VIEW.toNanos();
    }

    private long age(long moment) {
        return nanos.getAsLong() - moment;
    }
}
