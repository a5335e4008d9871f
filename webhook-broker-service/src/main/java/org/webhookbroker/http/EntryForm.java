package org.webhookbroker.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.function.Supplier;
import org.webhookbroker.audit.Action;
import org.webhookbroker.audit.Deed;
import org.webhookbroker.http.access.Caller;
import org.webhookbroker.http.server.Answers;
import org.webhookbroker.http.server.Asker;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.http.server.RequestHeaders;
import org.webhookbroker.registry.EntryRemovedException;
import org.webhookbroker.registry.EntryStore;
import org.webhookbroker.registry.EntryValues;
import org.webhookbroker.registry.LastModified;
import org.webhookbroker.registry.PutResult;
import org.webhookbroker.registry.RegistryEntry;
import org.webhookbroker.registry.RegistryFullException;
import org.webhookbroker.registry.Removal;
import org.webhookbroker.registry.Tokens;
import org.webhookbroker.registry.UpdateCondition;
import org.webhookbroker.registry.ValueRules;

/** What the PUTs, PATCHes and DELETEs of producers, channels and consumers have in common. */
final class EntryForm {
    /** @param givesToken whether the request has set the token, or has had a new one made */
    record Written<T>(T entry, boolean givesToken) {}

    private EntryForm() {}

    static UpdateCondition condition(ContainerRequestContext request) {
        return UpdateCondition.unmodifiedSince(RequestHeaders.first(request, HttpHeaders.IF_UNMODIFIED_SINCE));
    }

    /** The value of a form; of a field that is left out the one that is kept, or an empty text, which means the default. */
    static String field(UrlEncoded form, String name, Optional<String> kept) {
        return isKept(form, name, kept) ? kept.orElseThrow() : form.first(name);
    }

    /** What is kept is not judged again: rules may have become stricter since it was stored. */
    static boolean isKept(UrlEncoded form, String name, Optional<?> kept) {
        return kept.isPresent() && !form.has(name);
    }

    /**
     * The defaults apply on update too: no name means the id, no token a new random one.
     *
     * @param kept what has the values of the fields that are left out; empty if these get their defaults
     */
    static EntryValues values(String id, UrlEncoded form, Optional<? extends RegistryEntry> kept) {
        String name = field(form, "name", kept.map(RegistryEntry::name));
        String token = field(form, "token", kept.map(RegistryEntry::token));
        boolean nameIsKept = isKept(form, "name", kept);
        boolean tokenIsKept = isKept(form, "token", kept);
        EntryValues values = new EntryValues(
                id,
                name.isEmpty() && !nameIsKept ? id : name,
                token.isEmpty() && !tokenIsKept ? Tokens.generate() : token);
        refuseIf(kept.isPresent() ? Optional.empty() : ValueRules.text("id", values.publicId()));
        refuseIf(nameIsKept ? Optional.empty() : ValueRules.text("name", values.name()));
        refuseIf(tokenIsKept ? Optional.empty() : ValueRules.token(values.token()));
        return values;
    }

    static void refuseIf(Optional<String> wrong) {
        if (wrong.isPresent()) {
            throw Refusal.of(400, "Bad Request: " + wrong.get());
        }
    }

    /** Contract 3.3 wants the condition judged before the values; the store judges it again, atomically. */
    static void require(UpdateCondition condition, Optional<? extends RegistryEntry> existing, boolean mustExist) {
        if (mustExist && existing.isEmpty()) {
            throw Refusal.notFound();
        }
        existing.ifPresent(entry -> require(condition.against(entry)));
    }

    static Response answer(RegistryEntry entry, Object body) {
        return Response.ok(body)
                .header(HttpHeaders.LAST_MODIFIED, LastModified.of(entry.changedAt()))
                .build();
    }

    /** Tells a caller that may not read everything no numbers. */
    static <T extends RegistryEntry> T written(Caller caller, Supplier<PutResult<T>> put) {
        try {
            PutResult<T> result = put.get();
            require(result.verdict());
            return result.entry();
        } catch (EntryRemovedException gone) {
            throw Refusal.notFound();
        } catch (RegistryFullException full) {
            throw Refusal.of(400, "Bad Request: " + (caller.mayRead() ? full.getMessage() : full.withoutNumbers()));
        }
    }

    /** @param needed why the entry stays, if it does for the sake of what else knows it */
    static Response removed(Removal removal, String needed) {
        return switch (removal.outcome()) {
            case REMOVED -> Answers.empty(204).build();
            case UNKNOWN -> throw Refusal.notFound();
            case CONDITION_MISSING -> throw Refusal.badRequest();
            case CONDITION_OUTDATED -> throw Refusal.preconditionFailed();
            case JOBS_LEFT ->
                throw Refusal.tryAgain(
                        "the consumer has more jobs than could be ended in the time of one request: repeat it for the rest");
            case HAS_JOBS, NEEDED -> throw Refusal.of(409, needed);
        };
    }

    private static void require(UpdateCondition.Verdict verdict) {
        switch (verdict) {
            case MISSING -> throw Refusal.badRequest();
            case OUTDATED -> throw Refusal.preconditionFailed();
            case PASSED -> {}
        }
    }

    static Deed deed(ContainerRequestContext request, boolean part) {
        return Asker.of(request).doing(part ? Action.PATCH : Action.PUT);
    }

    /** PUT of a producer or a channel, or a PATCH, which keeps what it does not name. */
    static <T extends RegistryEntry> Written<T> write(
            ContainerRequestContext request, String id, boolean part, EntryStore<T> store) {
        FormBody.requireType(request);
        UpdateCondition condition = condition(request);
        Optional<T> existing = store.find(id);
        require(condition, existing, part);
        UrlEncoded form = FormBody.read(request);
        Caller caller = Caller.of(request);
        refuseIf(caller.givenBack(form.first("token"), ""));
        EntryValues values = values(id, form, part ? existing : Optional.empty());
        T written = written(
                caller, () -> store.put(values, part ? condition.of(existing) : condition, deed(request, part)));
        return new Written<>(written, !part || form.has("token"));
    }
}
