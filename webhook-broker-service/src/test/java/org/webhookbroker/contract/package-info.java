/**
 * The wire contract, rule by rule, against the whole broker: one class for each section, each rule named by the section of
 * docs/contract.md that it is from. Also what is wider than one section: HTTP/2, the OpenAPI document, and the fuzzer.
 */
@NullMarked
package org.webhookbroker.contract;

import org.jspecify.annotations.NullMarked;
