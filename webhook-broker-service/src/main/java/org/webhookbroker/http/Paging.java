package org.webhookbroker.http;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.core.UriInfo;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.database.PageRequest;
import org.webhookbroker.database.Xid;

/** Contract section 2: which page a request asks for, and the links to its neighbours. */
final class Paging {
    private static final String NEXT = "next";
    private static final String PREVIOUS = "previous";

    private final UriInfo uri;
    private final PageRequest request;

    private Paging(UriInfo uri, PageRequest request) {
        this.uri = uri;
        this.request = request;
    }

    /** A cursor that means nothing is ignored; two that do are refused. */
    static Paging of(UriInfo uri) {
        Optional<Xid> next = cursor(uri.getQueryParameters().getFirst(NEXT));
        Optional<Xid> previous = cursor(uri.getQueryParameters().getFirst(PREVIOUS));
        if (next.isPresent() && previous.isPresent()) {
            throw new WebApplicationException(Answers.text(
                    Status.BAD_REQUEST,
                    "can not decide on pagination direction! Both after and before provided or pagination is nil"));
        }
        return new Paging(
                uri,
                next.map(id -> new PageRequest(PageRequest.Direction.OLDER, id))
                        .or(() -> previous.map(id -> new PageRequest(PageRequest.Direction.NEWER, id)))
                        .orElse(PageRequest.FIRST));
    }

    PageRequest request() {
        return request;
    }

    /** Both or, on an empty page, none: clients go on until a page is empty. Filters stay in the links. */
    Map<String, String> links(List<Xid> page) {
        if (page.isEmpty()) {
            return Map.of();
        }
        return Map.of(NEXT, link(NEXT, page.get(page.size() - 1)), PREVIOUS, link(PREVIOUS, page.get(0)));
    }

    private String link(String direction, Xid id) {
        StringBuilder link = new StringBuilder("/").append(uri.getPath()).append('?');
        uri.getQueryParameters().forEach((name, values) -> {
            if (!name.equals(NEXT) && !name.equals(PREVIOUS)) {
                values.forEach(value -> link.append(encoded(name))
                        .append('=')
                        .append(encoded(value))
                        .append('&'));
            }
        });
        String cursor = id + "|" + id.createdAt();
        return link.append(direction)
                .append('=')
                .append(encoded(Base64.getEncoder().encodeToString(cursor.getBytes(StandardCharsets.UTF_8))))
                .toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static Optional<Xid> cursor(@Nullable String text) {
        try {
            String[] parts = new String(Base64.getDecoder().decode(text == null ? "" : text), StandardCharsets.UTF_8)
                    .split("\\|", -1);
            if (parts.length != 2) {
                return Optional.empty();
            }
            OffsetDateTime.parse(parts[1]);
            return Xid.parse(parts[0]);
        } catch (IllegalArgumentException | DateTimeParseException invalid) {
            return Optional.empty();
        }
    }
}
