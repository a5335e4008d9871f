/**
 * Signatures: {@link org.webhookbroker.signature.GatewaySignature} of requests to a broker that asks for them, and Standard Webhooks 1.0.0 of
 * what a broker delivers, which {@link org.webhookbroker.signature.WebhookVerifier} checks. Needs nothing but the JDK.
 */
@NullMarked
package org.webhookbroker.signature;

import org.jspecify.annotations.NullMarked;
