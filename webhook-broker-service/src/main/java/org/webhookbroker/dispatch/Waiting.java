package org.webhookbroker.dispatch;

import java.time.Duration;

/**
 * Why the jobs of a lane wait.
 *
 * @param unreachableFor how long there has been no answer
 * @param why what the last attempt says
 * @param nextProbe how soon the next attempt may find out whether the consumer is back; zero while one is under way
 */
public record Waiting(Duration unreachableFor, String why, Duration nextProbe) {}
