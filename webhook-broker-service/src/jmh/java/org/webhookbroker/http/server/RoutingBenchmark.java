package org.webhookbroker.http.server;

import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.glassfish.jersey.server.model.Resource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What {@link RoutingHandler} does for each request before Jersey has it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RoutingBenchmark {
    /** As many routes before the one that is asked for as in the broker. */
    private static final List<String> READABLE = List.of(
            "/producers",
            "/producer/{p}",
            "/channels",
            "/channel/{c}",
            "/channel/{c}/consumers",
            "/channel/{c}/consumer/{k}");

    private final Routes routes = new Routes(List.of(Objects.requireNonNull(Resource.from(Broadcast.class))), READABLE);

    /** No constants, which the compiler would work out beforehand. */
    private String path = "/channel/orders/broadcast";

    private String id = "orders";

    @Path("/channel/{channelId}/broadcast")
    public static final class Broadcast {
        @POST
        public void broadcast() {}
    }

    @Benchmark
    public boolean route() {
        List<String> decoded = new ArrayList<>();
        for (String segment : Routes.segments(path)) {
            decoded.add(PercentEncoding.decode(segment, false).orElseThrow());
        }
        return routes.has("POST", decoded);
    }

    @Benchmark
    public String encode() {
        return PercentEncoding.encode(id);
    }
}
