package org.webhookbroker.auth;

import com.google.common.util.concurrent.Uninterruptibles;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.webhookbroker.audit.Who;
import org.webhookbroker.database.Database;
import org.webhookbroker.database.Xid;
import org.webhookbroker.database.XidGenerator;

/** What operators do with keys, on any node and in any mode. Each change takes a second: then it holds on all nodes. Thread-safe. */
final class Keys {
    /** A key with its text, which is shown this once. */
    record Made(ApiKey key, String text) {
        @Override
        public String toString() {
            return key.toString();
        }
    }

    private final KeyStore store;
    private final XidGenerator ids;
    private final InstantSource clock;

    Keys(Database database, XidGenerator ids, InstantSource clock) {
        this.store = new KeyStore(database);
        this.ids = ids;
        this.clock = clock;
    }

    /** @throws KeyRefusedException if it has ended already, or there are as many keys as there may be */
    Made add(NewKey wanted, Who who) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        ApiKey key = new ApiKey(
                ids.next(),
                wanted.name(),
                wanted.role(),
                wanted.channels(),
                wanted.producer(),
                now,
                wanted.endsAt().map(end -> end.truncatedTo(ChronoUnit.MICROS)));
        if (key.hasEnded(now)) {
            throw new KeyRefusedException("ends: is past; give a time to come");
        }
        String text = KeyText.make();
        if (!store.add(new StoredKey(key, KeyText.hash(text), KeyText.hint(text), Optional.empty()), who)) {
            throw new KeyRefusedException("There are " + KeyStore.MOST
                    + " keys, as many as there may be: revoke some that have ended or that nobody uses");
        }
        untilAllNodesKnow();
        return new Made(key, text);
    }

    /** @throws KeyRefusedException if there is none such */
    void revoke(Xid id, Who who) {
        if (!store.remove(id, who)) {
            throw new KeyRefusedException("There is no key " + id + ": list shows which there are");
        }
        untilAllNodesKnow();
    }

    /** The oldest first. */
    List<StoredKey> list() {
        return store.all().all();
    }

    private static void untilAllNodesKnow() {
        Uninterruptibles.sleepUninterruptibly(KeyRing.OLDEST_VIEW);
    }
}
