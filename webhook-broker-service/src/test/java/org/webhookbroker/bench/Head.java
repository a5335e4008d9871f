package org.webhookbroker.bench;

/** The lines of a request or an answer before its body. */
record Head(String text) {
    /** Bytes of the body; none unless it says so. */
    int contentLength() {
        return (int) number("content-length: ", 0);
    }

    /** When the message was due to be sent, as {@link Broadcast#now()}; -1 if it does not say. */
    long sentAt() {
        return number("x-sent: ", -1);
    }

    private long number(String header, long otherwise) {
        int line = -1;
        do {
            line = text.indexOf('\n', line + 1);
            if (text.regionMatches(true, line + 1, header, 0, header.length())) {
                return Long.parseLong(text, line + 1 + header.length(), text.indexOf('\r', line), 10);
            }
        } while (line >= 0);
        return otherwise;
    }
}
