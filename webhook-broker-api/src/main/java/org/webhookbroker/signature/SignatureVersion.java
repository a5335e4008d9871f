package org.webhookbroker.signature;

import java.util.Arrays;
import java.util.Optional;

/** The two kinds of signatures (Standard Webhooks 1.0.0, "Signature scheme"). */
public enum SignatureVersion {
    /** HMAC-SHA256 with a secret that both sides know. Some microseconds. */
    V1("v1", "whsec_"),
    /** ed25519: whoever checks it needs the public key only. Up to a millisecond in Java. */
    V1A("v1a", "whsk_");

    private final String wireName;
    private final String prefix;

    SignatureVersion(String wireName, String prefix) {
        this.wireName = wireName;
        this.prefix = prefix;
    }

    /** What a signature begins with, before its comma. */
    public String wireName() {
        return wireName;
    }

    /** What a secret for such signatures begins with. */
    public String prefix() {
        return prefix;
    }

    /** Case-sensitive. */
    public static Optional<SignatureVersion> parse(String wireName) {
        return Arrays.stream(values())
                .filter(version -> version.wireName.equals(wireName))
                .findFirst();
    }
}
