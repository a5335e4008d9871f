package org.webhookbroker.signature;

import java.nio.charset.StandardCharsets;

/** What is signed (Standard Webhooks 1.0.0, "Signature scheme"): id, dot, seconds, dot, and the body as it is. */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares two.
record Signable(byte[] head, byte[] body) {
    static Signable of(String id, long seconds, byte[] body) {
        return new Signable((id + "." + seconds + ".").getBytes(StandardCharsets.UTF_8), body);
    }
}
