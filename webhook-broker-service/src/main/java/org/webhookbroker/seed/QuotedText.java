package org.webhookbroker.seed;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import java.io.IOException;

/** Only text: YAML takes an unquoted 0123 for the number 83, and nobody would find out why that token does not match. */
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
