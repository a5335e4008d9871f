/** Tests of the client in webhook-broker-api, against the real broker and against servers that no broker would be. */
package org.webhookbroker.client;
