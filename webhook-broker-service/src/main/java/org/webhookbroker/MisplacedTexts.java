package org.webhookbroker;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import io.dropwizard.configuration.ConfigurationFactoryFactory;
import io.dropwizard.configuration.DefaultConfigurationFactoryFactory;
import java.io.IOException;

/** What the start says of a text in the configuration where a list or a block belongs. Jackson would show it, and it may be a token. */
final class MisplacedTexts extends DeserializationProblemHandler {
    static <T> ConfigurationFactoryFactory<T> hidden() {
        return new DefaultConfigurationFactoryFactory<>() {
            @Override
            protected ObjectMapper configureObjectMapper(ObjectMapper mapper) {
                return super.configureObjectMapper(mapper).addHandler(new MisplacedTexts());
            }
        };
    }

    @Override
    public Object handleMissingInstantiator(
            DeserializationContext context,
            Class<?> wanted,
            ValueInstantiator instantiator,
            JsonParser parser,
            String message)
            throws IOException {
        return context.reportInputMismatch(wanted, "a list or a block belongs here, and this is neither");
    }
}
