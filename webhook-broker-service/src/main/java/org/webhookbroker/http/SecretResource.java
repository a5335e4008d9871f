package org.webhookbroker.http;

import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.regex.Pattern;
import org.webhookbroker.auth.Role;
import org.webhookbroker.http.access.Caller;
import org.webhookbroker.http.access.Needs;
import org.webhookbroker.http.server.Asker;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.registry.Consumer;
import org.webhookbroker.registry.RotationRefusedException;
import org.webhookbroker.registry.SecretRotation;
import org.webhookbroker.registry.Signing;
import org.webhookbroker.signature.SignatureVersion;
import org.webhookbroker.signature.SigningSecret;

/** The next signing secret of a consumer, an addition to the contract. */
@Path("/channel/{channelId}/consumer/{consumerId}/rotate-secret")
@Produces(MediaType.APPLICATION_JSON)
public final class SecretResource {
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}");

    private final ConsumerAccess access;
    private final SecretRotation rotation;
    private final ConsumerViews views;

    SecretResource(ConsumerAccess access, SecretRotation rotation, ConsumerViews views) {
        this.access = access;
        this.rotation = rotation;
        this.views = views;
    }

    @POST
    @Needs(Role.REGISTER)
    public Response rotate(
            @PathParam("channelId") String channelId,
            @PathParam("consumerId") String consumerId,
            @Context ContainerRequestContext request) {
        FormBody.requireType(request);
        Consumer consumer = access.authenticated(channelId, consumerId, request);
        UrlEncoded form = FormBody.read(request);
        Duration overlap = overlap(form.first("overlap"));
        try {
            return rotation.rotate(
                            consumer,
                            now -> next(form, now),
                            overlap,
                            Asker.of(request).as(consumer.target()))
                    .map(rotated ->
                            views.changed(Caller.of(request), rotated, new ConsumerViews.Given(false, false, true)))
                    .orElseThrow(Refusal::notFound);
        } catch (RotationRefusedException refused) {
            throw Refusal.of(409, refused.reason());
        }
    }

    /** Of the same version as the present one, unless the form says otherwise. */
    private static SigningSecret next(UrlEncoded form, Signing now) {
        String name = form.first("signing");
        SignatureVersion version = name.isEmpty()
                ? now.secret().map(SigningSecret::version).orElse(SignatureVersion.V1)
                : SigningForm.version(name, "neither v1 nor v1a; leave it out for the present one");
        return SigningForm.secret(form, version);
    }

    private static Duration overlap(String text) {
        if (text.isEmpty()) {
            return SecretRotation.OVERLAP;
        }
        Duration overlap = SECONDS.matcher(text).matches() ? Duration.ofSeconds(Long.parseLong(text)) : null;
        if (overlap == null || overlap.compareTo(SecretRotation.LONGEST_OVERLAP) > 0) {
            throw Refusal.of(
                    400,
                    "Bad Request: `overlap` is no number of seconds from 0 to %s; leave it out for %s"
                            .formatted(SecretRotation.LONGEST_OVERLAP.toSeconds(), SecretRotation.OVERLAP.toSeconds()));
        }
        return overlap;
    }
}
