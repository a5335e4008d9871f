package org.webhookbroker.http;

import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.webhookbroker.api.ListResponse;
import org.webhookbroker.api.ProducerResponse;
import org.webhookbroker.auth.Role;
import org.webhookbroker.http.access.Caller;
import org.webhookbroker.http.access.Needs;
import org.webhookbroker.http.server.Asker;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.registry.EntryStore;
import org.webhookbroker.registry.Producer;

/** Contract 3, producers. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public final class ProducerResource {
    private final EntryStore<Producer> producers;

    ProducerResource(EntryStore<Producer> producers) {
        this.producers = producers;
    }

    @GET
    @Path("producers")
    @Needs(
            value = {Role.READ, Role.REGISTER},
            ofCovered = true)
    public ListResponse list(@Context ContainerRequestContext request) {
        Paging paging = Paging.of(request);
        List<Producer> page = producers.page(paging.page(), Caller.of(request).covered());
        return new ListResponse(
                page.stream()
                        .map(producer -> Links.producer(producer.publicId()))
                        .toList(),
                paging.links(page, producer -> new Cursor(producer.id(), producer.createdAt())));
    }

    @GET
    @Path("producer/{producerId}")
    @Needs({Role.READ, Role.REGISTER})
    public Response get(@Context ContainerRequestContext request, @PathParam("producerId") String id) {
        Producer producer = producers.find(id).orElseThrow(Refusal::notFound);
        return answer(producer, Caller.of(request).token(producer.token()));
    }

    @PUT
    @Path("producer/{producerId}")
    @Needs(Role.REGISTER)
    public Response put(@Context ContainerRequestContext request, @PathParam("producerId") String id) {
        return answer(request, EntryForm.write(request, id, false, producers));
    }

    @PATCH
    @Path("producer/{producerId}")
    @Needs(Role.REGISTER)
    public Response patch(@Context ContainerRequestContext request, @PathParam("producerId") String id) {
        return answer(request, EntryForm.write(request, id, true, producers));
    }

    @DELETE
    @Path("producer/{producerId}")
    @Needs(Role.REGISTER)
    public Response delete(@Context ContainerRequestContext request, @PathParam("producerId") String id) {
        return EntryForm.removed(producers.remove(id, EntryForm.condition(request), Asker.of(request)), "");
    }

    private static Response answer(ContainerRequestContext request, EntryForm.Written<Producer> written) {
        String token = written.entry().token();
        return answer(
                written.entry(),
                written.givesToken() ? token : Caller.of(request).token(token));
    }

    private static Response answer(Producer producer, String token) {
        return EntryForm.answer(
                producer, new ProducerResponse(producer.publicId(), producer.name(), token, producer.changedAt()));
    }
}
