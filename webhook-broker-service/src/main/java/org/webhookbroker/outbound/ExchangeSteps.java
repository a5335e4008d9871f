package org.webhookbroker.outbound;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.webhookbroker.outbound.tls.TlsName;

/** The steps inside HttpClient that belong to one {@link Exchange}. */
final class ExchangeSteps {
    private ExchangeSteps() {}

    static HttpClientContext context(Exchange exchange, Duration timeout) {
        HttpClientContext context = HttpClientContext.create();
        context.setAttribute(Exchange.KEY, exchange);
        context.setUserToken(exchange.route()); // By which the pool tells connections apart.
        context.setRequestConfig(config(timeout));
        exchange.proxy().ifPresent(known -> known.introduce(context));
        return context;
    }

    /** HttpClient does nothing by itself. Our own deadline comes first; these timeouts clean up what it might leave behind inside. */
    private static RequestConfig config(Duration timeout) {
        Timeout afterDeadline = Timeout.of(timeout.plusSeconds(10));
        return RequestConfig.custom()
                .setConnectionRequestTimeout(afterDeadline)
                .setResponseTimeout(afterDeadline)
                .setAuthenticationEnabled(false)
                .setRedirectsEnabled(false)
                .setProtocolUpgradeEnabled(false)
                .setExpectContinueEnabled(false)
                .build();
    }

    /** The first step, before there is a connection. */
    static void hold(
            HttpRequest request,
            AsyncEntityProducer body,
            AsyncExecChain.Scope scope,
            AsyncExecChain chain,
            AsyncExecCallback callback)
            throws HttpException, IOException {
        Exchange.of(scope.clientContext).holding(scope.execRuntime);
        chain.proceed(request, body, scope, callback);
    }

    /** The step between having a connection and using it; what it throws would end an I/O thread. */
    static void proceed(
            HttpRequest request,
            AsyncEntityProducer body,
            AsyncExecChain.Scope scope,
            AsyncExecChain chain,
            AsyncExecCallback callback) {
        try {
            Exchange exchange = Exchange.of(scope.clientContext);
            if (exchange.isWanted()) {
                chain.proceed(request, new PermittedBody(body, exchange), scope, callback);
            } else {
                callback.failed(new InterruptedIOException("The call has ended"));
            }
        } catch (HttpException | IOException | RuntimeException e) {
            callback.failed(e);
        }
    }

    /** Mends what HttpClient gets wrong: the contract wants a length, which it leaves out of HTTP/2. */
    static void sending(HttpRequest request, @Nullable EntityDetails body, HttpContext context) {
        if (body != null && context.getProtocolVersion().greaterEquals(HttpVersion.HTTP_2)) {
            request.setHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(body.getContentLength()));
        }
        Exchange exchange = Exchange.of(context);
        if (exchange.isForwarded() && request instanceof BasicHttpRequest whole) {
            // HttpCore (5.4) leaves out the brackets of an IPv6 address in the URL for a proxy; the authority has them.
            whole.setPath(whole.getScheme() + "://" + whole.getAuthority() + whole.getPath());
            whole.setAbsoluteRequestUri(false);
        }
        exchange.sending();
    }

    /** By way of the proxy that the exchange was given, and apart from the routes of other TLS profiles. */
    static HttpRoute route(HttpHost host, HttpContext context) {
        Exchange exchange = Exchange.of(context);
        HttpHost target = RoutingSupport.normalize(host, DefaultSchemePortResolver.INSTANCE);
        boolean secure = Proxies.isTunnelled(target);
        TlsName name = secure ? new TlsName(target.getHostName(), target.getPort(), exchange.tls()) : null;
        return exchange.proxy()
                .map(proxy -> new HttpRoute(target, name, null, proxy.host(), secure))
                .orElseGet(() -> new HttpRoute(target, name, null, secure));
    }
}
