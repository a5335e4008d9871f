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
    public ListResponse list(@Context ContainerRequestContext request) {
        Paging paging = Paging.of(request);
        List<Producer> page = producers.page(paging.page());
        return new ListResponse(
                page.stream()
                        .map(producer -> Links.producer(producer.publicId()))
                        .toList(),
                paging.links(page, producer -> new Cursor(producer.id(), producer.createdAt())));
    }

    @GET
    @Path("producer/{producerId}")
    public Response get(@PathParam("producerId") String id) {
        return answer(producers.find(id).orElseThrow(Refusal::notFound));
    }

    @PUT
    @Path("producer/{producerId}")
    public Response put(@Context ContainerRequestContext request, @PathParam("producerId") String id) {
        return answer(EntryForm.write(request, id, false, producers));
    }

    @PATCH
    @Path("producer/{producerId}")
    public Response patch(@Context ContainerRequestContext request, @PathParam("producerId") String id) {
        return answer(EntryForm.write(request, id, true, producers));
    }

    @DELETE
    @Path("producer/{producerId}")
    public Response delete(@Context ContainerRequestContext request, @PathParam("producerId") String id) {
        return EntryForm.removed(producers.remove(id, EntryForm.condition(request), Asker.of(request)), "");
    }

    private static Response answer(Producer producer) {
        return EntryForm.answer(
                producer,
                new ProducerResponse(producer.publicId(), producer.name(), producer.token(), producer.changedAt()));
    }
}
