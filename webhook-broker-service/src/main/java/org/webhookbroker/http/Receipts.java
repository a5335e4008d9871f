package org.webhookbroker.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.api.ReceiptsResponse;
import org.webhookbroker.api.SettleRequest;
import org.webhookbroker.database.Xid;
import org.webhookbroker.job.JobReads;
import org.webhookbroker.job.JobState;
import org.webhookbroker.outbound.LogText;
import org.webhookbroker.pull.PullLeases.Nack;
import org.webhookbroker.pull.PullReceipt;
import org.webhookbroker.registry.Consumer;

/** Receipts as requests name them, and what became of each. Thread-safe. */
final class Receipts {
    /** @param all in the order of the request */
    record Ends(List<PullReceipt> acks, List<Nack> nacks, List<PullReceipt> releases, List<PullReceipt> all) {}

    private static final int MAX = 1000;
    /** As long as a consumer's own retry delays may be. */
    private static final int LONGEST_DELAY = 9_999_999;

    private final JobReads jobs;

    Receipts(JobReads jobs) {
        this.jobs = jobs;
    }

    static List<PullReceipt> parse(String field, @Nullable List<String> given) {
        List<PullReceipt> receipts = new ArrayList<>();
        for (String text : given == null ? List.<String>of() : given) {
            receipts.add(parse(field, receipts.size(), text));
        }
        return receipts;
    }

    static Ends parse(SettleRequest request) {
        List<PullReceipt> acks = parse("Acks", request.acks());
        List<PullReceipt> all = new ArrayList<>(acks);
        List<Nack> nacks = new ArrayList<>();
        for (SettleRequest.Nack given : request.nacks() == null ? List.<SettleRequest.Nack>of() : request.nacks()) {
            Nack nack = nack(nacks.size(), given);
            nacks.add(nack);
            all.add(nack.receipt());
        }
        List<PullReceipt> releases = parse("Releases", request.releases());
        all.addAll(releases);
        requireDistinct(all);
        return new Ends(acks, nacks, releases, all);
    }

    private static Nack nack(int index, SettleRequest.@Nullable Nack given) {
        if (given == null) {
            throw JsonBody.bad("`Nacks[" + index + "]` is null");
        }
        PullReceipt receipt = parse("Nacks", index, given.receipt());
        Optional<Duration> delay = Optional.ofNullable(given.delaySeconds())
                .map(seconds -> JsonBody.number("DelaySeconds", seconds, 0, 0, LONGEST_DELAY))
                .map(Duration::ofSeconds);
        return new Nack(receipt, delay, given.reason() == null ? "" : LogText.of(given.reason()));
    }

    private static PullReceipt parse(String field, int index, @Nullable String text) {
        return Optional.ofNullable(text)
                .flatMap(PullReceipt::parse)
                .orElseThrow(() -> JsonBody.bad("`" + field + "[" + index + "]` is no receipt of a lease"));
    }

    /** Refuses a receipt that comes twice, since two ends of one lease contradict each other. */
    static void requireDistinct(List<PullReceipt> receipts) {
        if (receipts.isEmpty() || receipts.size() > MAX) {
            throw JsonBody.bad("there are " + receipts.size() + " receipts, not from 1 to " + MAX);
        }
        Set<PullReceipt> seen = new HashSet<>();
        receipts.stream().filter(receipt -> !seen.add(receipt)).findFirst().ifPresent(twice -> {
            throw JsonBody.bad("the receipt " + twice + " comes twice");
        });
    }

    ReceiptsResponse answer(Consumer consumer, List<PullReceipt> receipts, Set<PullReceipt> done) {
        Map<Xid, JobState> states = jobs.states(
                consumer.id(), receipts.stream().map(PullReceipt::job).toList());
        return new ReceiptsResponse(receipts.stream()
                .map(receipt -> new ReceiptsResponse.Receipt(
                        receipt.toString(),
                        done.contains(receipt),
                        Optional.ofNullable(states.get(receipt.job()))
                                .map(JobState::name)
                                .orElse("")))
                .toList());
    }
}
