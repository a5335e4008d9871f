package org.webhookbroker.schedule;

import java.util.List;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.webhookbroker.database.Xid;
import org.webhookbroker.message.IntakeTransaction;
import org.webhookbroker.message.NewMessage;
import org.webhookbroker.schedule.DueStore.Due;

/**
 * Makes ordinary messages of scheduled ones, in the transaction that writes them and their jobs: a node that dies half way
 * leaves everything as it was. A scheduled message whose id an ordinary message has taken meanwhile makes no second one. Of one thread.
 */
final class Promotion implements IntakeTransaction.Source {
    private final DueStore store;
    private final Function<Handle, List<Xid>> lock;
    private List<Xid> locked = List.of();
    private int duplicates;

    /** @param lock selects the messages, and locks them so that no other node promotes or changes them */
    Promotion(DueStore store, Function<Handle, List<Xid>> lock) {
        this.store = store;
        this.lock = lock;
    }

    @Override
    public List<NewMessage> take(Handle handle, int incarnation) {
        duplicates = 0;
        locked = lock.apply(handle);
        if (locked.isEmpty()) {
            return List.of();
        }
        List<Due> due = store.read(handle, locked);
        store.dispatch(handle, due);
        ScheduleTally tally = new ScheduleTally();
        due.forEach(each -> tally.dispatched(each.message().channelId(), each.taken()));
        tally.write(handle, incarnation);
        List<NewMessage> fresh =
                due.stream().filter(each -> !each.taken()).map(Due::message).toList();
        duplicates = due.size() - fresh.size();
        return fresh;
    }

    /** Of the last run. */
    List<Xid> locked() {
        return locked;
    }

    int duplicates() {
        return duplicates;
    }
}
