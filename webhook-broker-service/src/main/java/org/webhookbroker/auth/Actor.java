package org.webhookbroker.auth;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.webhookbroker.audit.Who;

/**
 * Who asks for something.
 *
 * @param key the key that the request came with
 * @param origin the address that the request came from
 */
public record Actor(Optional<ApiKey> key, String origin) {
    /** The attribute of a request that holds whoever was found. */
    public static final String ATTRIBUTE = Actor.class.getName();

    /** Of a request: whoever was found by {@link #is}, otherwise nobody but its address. */
    public static Actor of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof Actor known ? known : from(request.getRemoteAddr());
    }

    /** As the record of what was done has it. */
    public Who who() {
        return key.map(by ->
                        Who.key(by.id().toString(), by.name(), origin, by.role().operates()))
                .orElseGet(() -> Who.at(origin));
    }

    private static Actor from(String address) {
        return new Actor(Optional.empty(), address);
    }

    /** From here on the request is of this key. */
    public static void is(ApiKey key, HttpServletRequest request) {
        request.setAttribute(ATTRIBUTE, new Actor(Optional.of(key), request.getRemoteAddr()));
    }
}
