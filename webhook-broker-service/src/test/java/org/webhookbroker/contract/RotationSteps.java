package org.webhookbroker.contract;

import org.webhookbroker.testing.Answer;
import org.webhookbroker.testing.RawClient;

/** How to get each documented status of a rotation of secrets. */
record RotationSteps(ContractBroker contract, RawClient client) {
    RotationSteps(ContractBroker contract) {
        this(contract, contract.client());
    }

    void add(OpenApiWalk.Steps steps) {
        String k = contract.channel() + "/consumer/k";
        client.put(k, OpenApiWalk.CALLBACK + "&signing=v1a");
        String plain = k + "2";
        client.put(plain, OpenApiWalk.CALLBACK);
        steps.step("rotateSecret", 200, () -> rotate(k, "overlap=60"))
                .step("rotateSecret", 400, () -> rotate(k, "overlap=x"))
                .step("rotateSecret", 401, () -> rotate(k + "3", ""))
                .step("rotateSecret", 403, () -> rotate(k, "", OpenApiWalk.WRONG_TOKEN))
                .step("rotateSecret", 404, () -> rotate("/channel/none/consumer/k", ""))
                .step("rotateSecret", 409, () -> rotate(plain, ""))
                .step("rotateSecret", 413, () -> rotate(k, OpenApiWalk.TOO_LARGE))
                .step(
                        "rotateSecret",
                        415,
                        () -> client.send("POST " + k + "/rotate-secret", "", ContractBroker.TOKENS));
    }

    private Answer rotate(String consumer, String form, String... headers) {
        return client.form("POST " + consumer + "/rotate-secret", form, ContractBroker.withTokens(headers));
    }
}
