package org.webhookbroker.http;

/** What reading a body led to; {@code bytes} are only there when it was read. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Payload(Outcome outcome, byte[] bytes) {
    enum Outcome {
        READ,
        TOO_LARGE,
        NO_ROOM,
        UNREADABLE
    }

    private static final byte[] NOTHING = {};

    static Payload read(byte[] bytes) {
        return new Payload(Outcome.READ, bytes);
    }

    static Payload refused(Outcome outcome) {
        return new Payload(outcome, NOTHING);
    }
}
