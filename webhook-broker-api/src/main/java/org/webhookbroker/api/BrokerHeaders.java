package org.webhookbroker.api;

/** HTTP header names of the contract; they compare case-insensitively. */
public final class BrokerHeaders {
    public static final String CHANNEL_TOKEN = "X-Broker-Channel-Token";
    public static final String CHANNEL_ID = "X-Broker-Channel-ID";
    public static final String PRODUCER_ID = "X-Broker-Producer-ID";
    public static final String PRODUCER_TOKEN = "X-Broker-Producer-Token";
    public static final String CONSUMER_ID = "X-Broker-Consumer-ID";
    public static final String CONSUMER_TOKEN = "X-Broker-Consumer-Token";
    public static final String MESSAGE_ID = "X-Broker-Message-ID";
    public static final String MESSAGE_PRIORITY = "X-Broker-Message-Priority";
    public static final String METADATA_HEADERS = "X-Broker-Metadata-Headers";
    public static final String SCHEDULED_FOR = "X-Broker-Scheduled-For";
    public static final String POSSIBLE_DUPLICATE = "X-Broker-Possible-Duplicate";
    public static final String REQUEST_ID = "X-Request-ID";
    public static final String SIGNATURE = "X-Broker-Signature";

    private BrokerHeaders() {}
}
