package org.webhookbroker.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.webhookbroker.database.PageRequest;
import org.webhookbroker.database.PageRequest.Direction;
import org.webhookbroker.http.server.PercentEncoding;
import org.webhookbroker.http.server.Refusal;

/** Reads from a query which page of a list is wanted, and links its neighbours. */
final class Paging {
    private static final List<String> NAMES = List.of("next", "previous");
    private static final String BOTH =
            "can not decide on pagination direction! Both after and before provided or pagination is nil";

    private final String path;
    private final UrlEncoded query;
    private final PageRequest page;

    private Paging(String path, UrlEncoded query) {
        this.path = path;
        this.query = query;
        Optional<Cursor> next = Cursor.parse(query.first("next"));
        Optional<Cursor> previous = Cursor.parse(query.first("previous"));
        if (next.isPresent() && previous.isPresent()) {
            throw Refusal.of(400, BOTH);
        }
        this.page = next.map(cursor -> new PageRequest(Direction.OLDER, cursor.id()))
                .or(() -> previous.map(cursor -> new PageRequest(Direction.NEWER, cursor.id())))
                .orElse(PageRequest.FIRST);
    }

    /** Refuses a request that names both directions. */
    static Paging of(ContainerRequestContext request) {
        return new Paging("/" + request.getUriInfo().getPath(), UrlEncoded.query(request));
    }

    PageRequest page() {
        return page;
    }

    /** Both links, even on the first and the last page. An empty page has none, which tells a client to stop. */
    <T> Map<String, String> links(List<T> items, Function<? super T, Cursor> cursor) {
        Map<String, String> links = new TreeMap<>();
        if (!items.isEmpty()) {
            links.put("next", link("next", cursor.apply(items.get(items.size() - 1))));
            links.put("previous", link("previous", cursor.apply(items.get(0))));
        }
        return links;
    }

    /** Keeps the filters as they were sent. */
    private String link(String name, Cursor cursor) {
        return path + "?" + query.without(NAMES) + name + "=" + PercentEncoding.encode(cursor.encode());
    }
}
