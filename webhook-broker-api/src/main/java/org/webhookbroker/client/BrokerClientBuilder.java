package org.webhookbroker.client;

import java.net.URI;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.signature.GatewaySignature;

/** Settings of a {@link BrokerClient}; each has a default. */
public final class BrokerClientBuilder {
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final int MOST_AT_ONCE = 256;

    private final URI broker;
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration attemptTimeout = Duration.ofSeconds(35);
    private Duration deadline = Duration.ofMinutes(2);
    private int concurrency = 32;
    private @Nullable SSLContext tls;
    private @Nullable String key;
    private @Nullable GatewaySignature signature;
    private Timing timing = Timing.SYSTEM;

    BrokerClientBuilder(URI broker) {
        boolean http = "http".equalsIgnoreCase(broker.getScheme()) || "https".equalsIgnoreCase(broker.getScheme());
        if (!http
                || broker.getHost() == null
                || broker.getRawUserInfo() != null
                || broker.getRawQuery() != null
                || broker.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "the address of the broker is not like http://host:8080 or https://host/path, without user, query and fragment");
        }
        this.broker = broker;
    }

    /** To make a connection, its TLS handshake not included; 5 s unless set, 1 ms to 1 day. */
    public BrokerClientBuilder connectTimeout(Duration timeout) {
        connectTimeout = bounded(timeout);
        return this;
    }

    /**
     * For one try of a call, from the connection to the last byte of the answer; 35 s unless set, 1 ms to 1 day. The broker itself
     * answers within 30 s.
     */
    public BrokerClientBuilder attemptTimeout(Duration timeout) {
        attemptTimeout = bounded(timeout);
        return this;
    }

    /** For a call with all its tries; 2 minutes unless set, 1 ms to 1 day. */
    public BrokerClientBuilder deadline(Duration longest) {
        deadline = bounded(longest);
        return this;
    }

    /** Messages of a batch that are under way at once; 32 unless set, 1 to 256. */
    public BrokerClientBuilder concurrency(int messages) {
        if (messages < 1 || messages > MOST_AT_ONCE) {
            throw new IllegalArgumentException(messages + " is not from 1 to " + MOST_AT_ONCE);
        }
        concurrency = messages;
        return this;
    }

    /** Whom to trust, and the client's own certificate if it has one; those of the JVM unless set. For https. */
    public BrokerClientBuilder tls(SSLContext context) {
        tls = context;
        return this;
    }

    /**
     * A key that each request shows as {@code Authorization: Bearer}, for a broker, or a proxy in front of it, that asks for one.
     *
     * @throws IllegalArgumentException if it cannot be in a header; the message does not show it
     */
    public BrokerClientBuilder key(String bearer) {
        HeaderText.requireValue("the key", bearer);
        key = bearer;
        return this;
    }

    /** Signs each request, for a broker with {@code gatewayAuth.mode: hmac}. The clock of this machine has to be right. */
    public BrokerClientBuilder signedBy(GatewaySignature gateway) {
        signature = gateway;
        return this;
    }

    /** For tests. */
    BrokerClientBuilder timing(Timing other) {
        timing = other;
        return this;
    }

    /** Opens no connection yet. Close it. */
    public BrokerClient build() {
        return new BrokerClient(new ClientSettings(
                broker, connectTimeout, attemptTimeout, deadline, concurrency, tls, key, signature, timing));
    }

    private static Duration bounded(Duration given) {
        if (given.toMillis() < 1 || given.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(given + " is not from 1 ms to 1 day");
        }
        return given;
    }
}
