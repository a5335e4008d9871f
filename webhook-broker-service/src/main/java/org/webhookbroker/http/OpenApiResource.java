package org.webhookbroker.http;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.webhookbroker.api.BrokerVersion;
import org.webhookbroker.http.access.Needs;

/** Describes the API: {@code openapi.json} beside this class, kept by hand and held to the truth by {@code OpenApiTest}. */
@Path("/openapi.json")
public final class OpenApiResource {
    private final byte[] document = read();

    @GET
    @Needs({})
    public Response document() {
        return Response.ok(document, MediaType.APPLICATION_JSON_TYPE)
                .header(HttpHeaders.CONTENT_LENGTH, document.length + 1)
                .build();
    }

    private static byte[] read() {
        try (InputStream in = Objects.requireNonNull(OpenApiResource.class.getResourceAsStream("openapi.json"))) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            // Without its last newline, as every JSON answer gets one.
            return text.replace("BROKER_VERSION", BrokerVersion.CURRENT).strip().getBytes(StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
