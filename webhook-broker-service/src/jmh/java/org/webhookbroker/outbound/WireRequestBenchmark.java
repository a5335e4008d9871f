package org.webhookbroker.outbound;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.http.nio.AsyncRequestProducer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What each attempt costs before HttpClient has it: URL, headers, body. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WireRequestBenchmark {
    private final Call call =
            new Call("http://127.0.0.1:8080/hooks/orders?v=2", headers(), new byte[1024], Duration.ofSeconds(30));

    private static Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("X-Broker-Message-Priority", "0");
        headers.put("X-Broker-Channel-ID", "orders");
        headers.put("X-Broker-Consumer-ID", "billing");
        headers.put("X-Broker-Message-ID", "d4jqo4i0ii0quo4000bb0");
        headers.put("X-Broker-Consumer-Token", "secret");
        headers.put("X-Request-ID", "d4jqo4i0ii0quo4000bbg");
        headers.put("X-Broker-Metadata-Headers", "");
        return headers;
    }

    @Benchmark
    public AsyncRequestProducer request() throws BadCall {
        return WireRequest.of(call, "Webhook Message Broker").producer();
    }
}
