package org.webhookbroker.client;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** The body of an answer up to a number of bytes. What comes beyond is not read, and costs the connection. */
final class BoundedBody implements HttpResponse.BodySubscriber<BoundedBody.Bytes> {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Bytes(byte[] bytes, boolean cut) {}

    private final int largest;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<Bytes> whole = new CompletableFuture<>();
    private Flow.@Nullable Subscription subscription;

    BoundedBody(int largest) {
        this.largest = largest;
    }

    @Override
    public CompletionStage<Bytes> getBody() {
        return whole;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> pieces) {
        if (whole.isDone() || subscription == null) {
            return;
        }
        for (ByteBuffer piece : pieces) {
            byte[] taken = new byte[Math.min(piece.remaining(), largest - bytes.size())];
            boolean tooMuch = taken.length < piece.remaining();
            piece.get(taken);
            bytes.writeBytes(taken);
            if (tooMuch) {
                subscription.cancel();
                whole.complete(new Bytes(bytes.toByteArray(), true));
                return;
            }
        }
        subscription.request(1);
    }

    @Override
    public void onError(Throwable failure) {
        whole.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        whole.complete(new Bytes(bytes.toByteArray(), false));
    }
}
