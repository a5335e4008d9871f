package org.webhookbroker.http;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.webhookbroker.api.BrokerVersion;
import org.webhookbroker.api.DeadLetterStatusResponse;
import org.webhookbroker.api.JobStatusCount;
import org.webhookbroker.api.StatusResponse;
import org.webhookbroker.auth.Role;
import org.webhookbroker.database.Xid;
import org.webhookbroker.http.access.Caller;
import org.webhookbroker.http.access.Needs;
import org.webhookbroker.http.server.SignatureHandler;
import org.webhookbroker.job.JobCensus;
import org.webhookbroker.registry.Registry;
import org.webhookbroker.registry.RegistryEntry;
import org.webhookbroker.registry.RegistrySnapshot;
import org.webhookbroker.seed.AppState;
import org.webhookbroker.seed.AppStateStore;

/** Contract 8.1, 8.2 and 6.8. */
@Path("")
@Produces(MediaType.APPLICATION_JSON)
public final class StatusResource {
    private final Registry registry;
    private final JobCensus census;
    private final AppStateStore states;

    StatusResource(Registry registry, JobCensus census, AppStateStore states) {
        this.registry = registry;
        this.census = census;
        this.states = states;
    }

    /** Serves as a health check too: it asks the database, and fails when that cannot be reached. */
    @GET
    @Path("/_status")
    @Needs({})
    public StatusResponse status(@Context ContainerRequestContext request) {
        boolean isUnsigned = Boolean.TRUE.equals(request.getProperty(SignatureHandler.UNSIGNED));
        AppState state = states.read();
        RegistrySnapshot snapshot = Caller.of(request).mayRead() ? registry.refresh() : RegistrySnapshot.EMPTY;
        return new StatusResponse(
                new StatusResponse.SeedData(
                        state.dataHash(),
                        sorted(snapshot.producers()),
                        sorted(snapshot.channels()),
                        snapshot.consumers().stream()
                                .sorted(Comparator.comparing(RegistryEntry::id))
                                .map(consumer -> new StatusResponse.Consumer(
                                        consumer.publicId(),
                                        consumer.name(),
                                        isUnsigned
                                                ? CallbackUrls.place(consumer.callbackUrl())
                                                : CallbackUrls.parts(consumer.callbackUrl()),
                                        consumer.channel().publicId(),
                                        consumer.type().wireName()))
                                .toList()),
                state.status(),
                BrokerVersion.CURRENT);
    }

    /** Consumers that ever had a dead job, by internal id. */
    @GET
    @Path("/dlq-status")
    @Needs(Role.READ)
    public DeadLetterStatusResponse deadLetterStatus() {
        Map<Xid, Long> dead = census.deadLetters();
        return new DeadLetterStatusResponse(registry.refresh().consumers().stream()
                .filter(consumer -> dead.containsKey(consumer.id()))
                .sorted(Comparator.comparing(RegistryEntry::id))
                .map(consumer -> new DeadLetterStatusResponse.Consumer(
                        consumer.channel().publicId(),
                        consumer.channel().name(),
                        consumer.id().toString(),
                        consumer.name(),
                        dead.getOrDefault(consumer.id(), 0L)))
                .toList());
    }

    /** By channel id, then by the consumer's internal id. */
    @GET
    @Path("/job-status")
    @Needs(Role.READ)
    public SortedMap<String, SortedMap<String, List<JobStatusCount>>> jobStatus() {
        RegistrySnapshot snapshot = registry.refresh();
        SortedMap<String, SortedMap<String, List<JobStatusCount>>> channels = new TreeMap<>();
        census.byConsumer()
                .forEach((id, states) -> snapshot.consumer(id)
                        .ifPresent(consumer -> channels.computeIfAbsent(
                                        consumer.channel().publicId(), channel -> new TreeMap<>())
                                .put(
                                        id.toString(),
                                        states.stream()
                                                .map(state -> new JobStatusCount(
                                                        state.state().code(),
                                                        state.count(),
                                                        state.oldest(),
                                                        state.newest()))
                                                .toList())));
        return channels;
    }

    private static List<StatusResponse.Entry> sorted(Collection<? extends RegistryEntry> entries) {
        return entries.stream()
                .sorted(Comparator.comparing(RegistryEntry::id))
                .map(entry -> new StatusResponse.Entry(entry.publicId(), entry.name()))
                .toList();
    }
}
