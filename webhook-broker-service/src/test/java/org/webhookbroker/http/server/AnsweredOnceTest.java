package org.webhookbroker.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jetty refuses most of what comes after an answer, so clients do not see it: this counts what Jetty is asked for. */
@Tag("G1")
final class AnsweredOnceTest {
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile boolean handled;
    private final Server server = new Server();
    private final LocalConnector connector = new LocalConnector(server);
    private DirectRequest.Resource resource = request -> {};

    @BeforeEach
    void start() throws Exception {
        server.addConnector(connector);
        server.setHandler(new Handler.Wrapper(new DirectRequest.Entrance()) {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                Routes.Route route = new Routes.Route("GET", List.of(), Optional.empty());
                new DirectRequest.Target(resource, route, List.of()).attachTo(request);
                boolean taken = super.handle(request, counted(request, response), counted(callback));
                handled = true;
                return taken;
            }
        });
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    @Test
    void whoeverComesFirstAnswersIt() throws Exception {
        resource = request -> {
            assertThat(request.isOver()).isFalse();
            request.created("/given");
            assertThat(request.isOver()).isTrue();
            request.created("/another");
            request.fail(Refusal.notFound());
        };

        assertThat(connector.getResponse("GET / HTTP/1.1\r\nHost: h\r\n\r\n"))
                .startsWith("HTTP/1.1 201 ")
                .contains("/given");
        assertAnsweredOnce();
    }

    @Test
    void whatItThrowsAfterItsAnswerIsNone() throws Exception {
        resource = request -> {
            request.created("/given");
            throw new IllegalStateException("on purpose");
        };

        assertThat(connector.getResponse("GET / HTTP/1.1\r\nHost: h\r\n\r\n")).startsWith("HTTP/1.1 201 ");
        assertAnsweredOnce();
    }

    /** A client has its answer before Jetty knows that it was written. */
    private void assertAnsweredOnce() {
        await().until(() -> handled && asked.size() > 1);
        assertThat(asked).containsExactly("write", "succeeded");
    }

    private Response counted(Request request, Response response) {
        return new Response.Wrapper(request, response) {
            @Override
            public void write(boolean last, ByteBuffer content, Callback callback) {
                asked.add("write");
                super.write(last, content, callback);
            }
        };
    }

    private Callback counted(Callback callback) {
        return new Callback() {
            @Override
            public void succeeded() {
                asked.add("succeeded");
                callback.succeeded();
            }

            @Override
            public void failed(Throwable why) {
                asked.add("failed");
                callback.failed(why);
            }
        };
    }
}
