package org.webhookbroker.contract;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link UnreadBodyTest} of what the gateway's check refuses. */
@Tag("G12")
final class UnsignedBodyTest {
    private static final String SECRET = "dGVzdC1obWFjLXNlY3JldC1mb3ItaW50ZWdyYXRpb24=";

    @RegisterExtension
    static final ContractBroker contract =
            new ContractBroker("gatewayAuth.mode=hmac", "gatewayAuth.hmacSharedSecret=" + SECRET);

    @ParameterizedTest(name = "{0} bytes, of which {1} arrive early")
    @CsvSource({"10, 10", "100000, 1000", "1000000, 0"})
    void theNextRequestIsSafe(int size, int early) throws Exception {
        UnreadBodyTest.nextRequestIsSafe(contract, "POST /channel/c/broadcast", 401, size, early);
    }
}
