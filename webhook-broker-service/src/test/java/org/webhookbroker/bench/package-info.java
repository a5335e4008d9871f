/** What {@code scripts/bench} runs: the packaged broker under load, measured. See docs/performance.md. */
@org.jspecify.annotations.NullMarked
package org.webhookbroker.bench;
