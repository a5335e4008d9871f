package org.webhookbroker.client;

/**
 * The id and the token of a producer, a channel or a consumer. The token is not in {@link #toString}.
 *
 * @param id as it was registered
 * @param token visible ASCII characters, since headers carry no others
 */
public record Credential(String id, String token) {
    /** @throws IllegalArgumentException if the id is empty, or the token cannot be in a header; the message does not show the token */
    public Credential {
        if (id.isEmpty()) {
            throw new IllegalArgumentException("the id is empty");
        }
        HeaderText.requireValue("the token of " + id, token);
    }

    @Override
    public String toString() {
        return id;
    }
}
