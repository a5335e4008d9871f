package org.webhookbroker.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.http.server.RequestHeaders;
import org.webhookbroker.http.server.SmallBodies;

/**
 * Reads form bodies; values of the query do not count. Anybody may send one, so its size is bounded (G8): it has room for a name and
 * a token of 255 code points each, percent-encoded, and a URL of 4096 characters.
 */
final class FormBody {
    private static final int MAX_FIELDS = 100;

    private FormBody() {}

    /** Contract 3.3: the part before a semicolon must match exactly, in lower case and without blanks. */
    static void requireType(ContainerRequestContext request) {
        String type = RequestHeaders.contentType(request);
        int parameters = type.indexOf(';');
        if (!SmallBodies.FORM_TYPE.equals(parameters < 0 ? type : type.substring(0, parameters))) {
            throw Refusal.mediaType();
        }
    }

    static UrlEncoded read(ContainerRequestContext request) {
        String text = SmallBodies.takeText(request, SmallBodies.FORM, "a form");
        if (text.chars().filter(character -> character == '&').count() >= MAX_FIELDS) {
            throw Refusal.of(400, "Bad Request: a form has at most %s fields".formatted(MAX_FIELDS));
        }
        UrlEncoded form = UrlEncoded.parse(text);
        if (form.isMalformed()) {
            throw Refusal.of(400, "Bad Request: the form is not percent-encoded UTF-8");
        }
        return form;
    }
}
