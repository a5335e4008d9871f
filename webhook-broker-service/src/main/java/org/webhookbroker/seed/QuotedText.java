package org.webhookbroker.seed;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import java.io.IOException;

/**
 * Accepts only text: YAML reads an unquoted 0123 as the number 83, and it would be hard to find out why that token does not
 * match.
 */
final class QuotedText extends StdDeserializer<String> {
    private static final long serialVersionUID = 1L;

    QuotedText() {
        super(String.class);
    }

    @Override
    public String deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        return parser.hasToken(JsonToken.VALUE_STRING)
                ? parser.getText()
                : context.reportInputMismatch(String.class, "this is no text; put it in quotes");
    }
}
