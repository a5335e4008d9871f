package org.webhookbroker.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link FramingTest} where the body is read before its request is routed, to check its signature. */
@Tag("G12")
final class SignedFramingTest {
    @RegisterExtension
    static final ContractBroker contract =
            new ContractBroker("gatewayAuth.mode=hmac", "gatewayAuth.hmacSharedSecret=c2VjcmV0");

    @ParameterizedTest
    @MethodSource("org.webhookbroker.contract.FramingTest#broken")
    void brokenChunksAreRefusedOnce(String name) throws IOException {
        String signature = "X-Broker-Signature: t=" + Instant.now().getEpochSecond() + ",v1=00\r\n";
        for (String headers : new String[] {signature, ""}) {
            FramingTest.Route route = new FramingTest.Route("POST /channel/c/broadcast", headers);
            assertThat(FramingTest.statuses(
                            contract.broker(), route, FramingTest.CHUNKED, FramingTest.BROKEN.get(name)))
                    .containsExactly(headers.isEmpty() ? 401 : 400);
        }
    }
}
