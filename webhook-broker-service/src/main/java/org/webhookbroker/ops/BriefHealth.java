package org.webhookbroker.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The answer of the health checks for whoever has no key: the same status, and which are red. Their texts name channels and consumers. */
final class BriefHealth extends HttpServletResponseWrapper {
    static final String PATH = "/healthcheck";

    private static final JsonMapper JSON = new JsonMapper();

    private final ByteArrayOutputStream whole = new ByteArrayOutputStream();

    private BriefHealth(HttpServletResponse response) {
        super(response);
    }

    static void answer(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        BriefHealth caught = new BriefHealth(response);
        chain.doFilter(request, caught);
        if (caught.whole.size() > 0) {
            response.getOutputStream().write(brief(caught.whole.toByteArray()));
        }
    }

    static byte[] brief(byte[] whole) throws IOException {
        ObjectNode brief = JSON.createObjectNode();
        for (var check : JSON.readTree(whole).properties()) {
            JsonNode healthy = check.getValue().path("healthy");
            brief.putObject(check.getKey()).put("healthy", healthy.asBoolean());
        }
        return JSON.writeValueAsBytes(brief);
    }

    @Override
    public PrintWriter getWriter() {
        return new PrintWriter(whole, true, StandardCharsets.UTF_8);
    }

    @Override
    public ServletOutputStream getOutputStream() {
        return new ServletOutputStream() {
            @Override
            public void write(int octet) {
                whole.write(octet);
            }

            @Override
            public void write(byte[] octets, int from, int count) {
                whole.write(octets, from, count);
            }

            @Override
            public boolean isReady() {
                return true;
            }

            @Override
            public void setWriteListener(WriteListener listener) {
                throw new UnsupportedOperationException("The health servlet writes at once");
            }
        };
    }
}
