package org.webhookbroker.outbound;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.outbound.tls.TlsProfile;

/**
 * One call under way. The first of these ends it: the answer, a failure, the deadline or the shutdown. What comes later
 * changes nothing. Thread-safe.
 *
 * <p>A request is sent once. The one thing done again is picking a connection: when the kept connection turns out to be
 * closed before a byte of the request was handed to it, or its server says that it has not processed the request (RFC 9113, 8.7),
 * the request goes out on another. Once sending began, a lost connection is otherwise a failure that may have arrived.
 */
final class Exchange implements FutureCallback<Void> {
    static final String KEY = Exchange.class.getName();
    private static final int MAX_PICKS = 5;

    private final WireRequest request;
    private final Optional<HttpProxy> proxy;
    private final TlsProfile tls;
    private final ExchangeContext shared;
    private final Call call;
    private final Consumer<Exchange> onEnd;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicInteger picks = new AtomicInteger();
    private volatile Phase phase = Phase.RESOLVING;
    private volatile boolean freshConnection;
    private volatile @Nullable ResponseReader reader;
    private volatile @Nullable ResponseReader answer;
    private final Hold hold = new Hold();
    private final long deadline;
    /** What is left of the answer has so long; until there is one, as long as the call. */
    private volatile long drainDeadline;

    Exchange(
            WireRequest request,
            Optional<HttpProxy> proxy,
            TlsProfile tls,
            ExchangeContext shared,
            Call call,
            Consumer<Exchange> onEnd) {
        this.request = request;
        this.proxy = proxy;
        this.tls = tls;
        this.shared = shared;
        this.call = call;
        this.onEnd = onEnd;
        this.deadline = System.nanoTime() + call.timeout().toNanos();
        this.drainDeadline = deadline;
    }

    /** The exchange that a step inside HttpClient works for. */
    static Exchange of(HttpContext context) {
        return (Exchange) context.getAttribute(KEY);
    }

    HttpHost host() {
        return request.host();
    }

    Optional<HttpProxy> proxy() {
        return proxy;
    }

    TlsProfile tls() {
        return tls;
    }

    CallRoute route() {
        return call.route();
    }

    CompletableFuture<Outcome> outcome() {
        return outcome;
    }

    /** Hands the request to HttpClient, once the host is known. */
    void send() {
        if (ended.get()) {
            return;
        }
        phase = Phase.WAITING;
        freshConnection = false;
        picks.incrementAndGet();
        HttpContext context = ExchangeSteps.context(this, call.timeout());
        try {
            ResponseReader next = new ResponseReader(this, shared.limits().maxResponseBytes(), shared.clock());
            reader = next;
            hold.running(shared.http().execute(request.host(), request.producer(), next, null, context, this));
            if (ended.get()) {
                hold.letGo();
            }
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    /** HttpClient asks the pool to open a connection for us. */
    void connecting() {
        freshConnection = true;
        phase = Phase.CONNECTING;
    }

    void connecting(Future<?> connecting) {
        hold.connecting(connecting);
        if (ended.get()) {
            connecting.cancel(true);
        }
    }

    void holding(AsyncExecRuntime connection) {
        hold.connection(connection);
    }

    /** Whether the call has not ended yet; asked when we have a connection. */
    boolean isWanted() {
        return !ended.get();
    }

    /** Asked for each piece of the body before it goes out. If the call may no longer be made, it ends with its connection. */
    void requirePermit() throws InterruptedIOException {
        if (!call.permit().getAsBoolean()) {
            endOr(Failures.withheld());
            throw new InterruptedIOException("The call is withheld");
        }
    }

    void sending() {
        phase = Phase.SENT;
    }

    /** Whether a proxy reads the request and passes it on. */
    boolean isForwarded() {
        return proxy.isPresent() && !Proxies.isTunnelled(host());
    }

    /** Whether an answer is a proxy's own: to the CONNECT before our request, or by its own word. */
    boolean isOfProxy(HttpResponse response) {
        return proxy.isPresent() && (phase != Phase.SENT || (isForwarded() && ProxyWord.isOwn(response)));
    }

    /** Before the fields are read that tell. */
    private boolean mayBeOfProxy(int status) {
        return phase != Phase.SENT || (isForwarded() && ProxyWord.mayComeWith(status));
    }

    void refusedByProxy(int status) {
        endOr(Failures.refusedByProxy(status));
    }

    /** The status of an answer is here; over HTTP/1, before the rest of its head. */
    void answering(AnswerFields head) {
        ResponseReader known = reader;
        if (known != null && head.status() >= 200 && !mayBeOfProxy(head.status())) {
            known.began(head);
        }
    }

    /** The outcome is known, and what is left of the head, and then the body, gets a moment to end. */
    void answered(ResponseReader reader) {
        answer = reader;
        drainDeadline = System.nanoTime() + shared.limits().drain().toNanos();
    }

    /** The answer has been read, as far as we want it. */
    @Override
    public void completed(@Nullable Void nothing) {
        endOr(Failures.badResponse("The answer ended before its status"));
    }

    @Override
    public void failed(Exception failure) {
        if (mayGoElsewhere(failure)) {
            send();
        } else {
            endOr(Failures.outcome(failure, phase, freshConnection));
        }
    }

    /** Nobody has the request: the connection was closed before, or its server says so. */
    private boolean mayGoElsewhere(Exception failure) {
        boolean untaken = Failures.isUntaken(failure) || (phase == Phase.WAITING && failure instanceof IOException);
        return untaken && answer == null && picks.get() < MAX_PICKS;
    }

    @Override
    public void cancelled() {
        endOr(Failures.shutdown(phase));
    }

    void shutDown() {
        endOr(Failures.cutOff(phase));
    }

    boolean isOverdue(long now) {
        return now - deadline >= 0 || now - drainDeadline >= 0;
    }

    void expire() {
        endOr(Failures.timeout(phase));
    }

    /** A status outranks whatever happens to the rest of the exchange. */
    private void endOr(Outcome withoutAnswer) {
        if (ended.compareAndSet(false, true)) {
            try {
                hold.letGo();
            } finally {
                onEnd.accept(this);
                tell(withoutAnswer);
            }
        }
    }

    /** Always completes the outcome: otherwise the job that waits for it would stay in flight for ever. */
    private void tell(Outcome withoutAnswer) {
        try {
            ResponseReader reader = answer;
            outcome.complete(reader != null ? reader.verdict() : withoutAnswer);
        } catch (RuntimeException | Error unexpected) {
            outcome.completeExceptionally(unexpected);
            throw unexpected;
        }
    }
}
