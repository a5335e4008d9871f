package org.webhookbroker.http;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.webhookbroker.http.server.Refusal;
import org.webhookbroker.registry.EntryValues;
import org.webhookbroker.registry.LastModified;
import org.webhookbroker.registry.PutResult;
import org.webhookbroker.registry.RegistryEntry;
import org.webhookbroker.registry.Tokens;
import org.webhookbroker.registry.UpdateCondition;
import org.webhookbroker.registry.ValueRules;

/** What the PUTs of producers, channels and consumers have in common. */
final class EntryForm {
    private EntryForm() {}

    /** The defaults apply on update too: no name means the id, no token a new random one. */
    static EntryValues values(String id, UrlEncoded form) {
        String name = form.first("name");
        String token = form.first("token");
        EntryValues values =
                new EntryValues(id, name.isEmpty() ? id : name, token.isEmpty() ? Tokens.generate() : token);
        Optional<String> wrong = ValueRules.text("id", values.publicId())
                .or(() -> ValueRules.text("name", values.name()))
                .or(() -> ValueRules.token(values.token()));
        refuseIf(wrong);
        return values;
    }

    static void refuseIf(Optional<String> wrong) {
        if (wrong.isPresent()) {
            throw Refusal.of(400, "Bad Request: " + wrong.get());
        }
    }

    /** Contract 3.3 wants the condition judged before the values; the store judges it again, atomically. */
    static void require(UpdateCondition condition, Optional<? extends RegistryEntry> existing) {
        existing.ifPresent(entry -> require(condition.against(entry.changedAt())));
    }

    static Response answer(RegistryEntry entry, Object body) {
        return Response.ok(body)
                .header(HttpHeaders.LAST_MODIFIED, LastModified.of(entry.changedAt()))
                .build();
    }

    static <T extends RegistryEntry> T written(PutResult<T> result) {
        require(result.verdict());
        return result.entry();
    }

    private static void require(UpdateCondition.Verdict verdict) {
        switch (verdict) {
            case MISSING -> throw Refusal.badRequest();
            case OUTDATED -> throw Refusal.preconditionFailed();
            case PASSED -> {}
        }
    }
}
