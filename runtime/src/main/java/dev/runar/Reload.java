package dev.runar;

import java.time.Duration;

/**
 * A script was loaded anew and has taken over from the one that ran before.
 *
 * @param took from the call to the moment when the new one ran everything
 * @param services that the new one has
 * @param sessions raw WebSocket sessions that went on with the new one
 * @param callbacks requests, events and messages that waited meanwhile and were handed over
 */
public record Reload(Duration took, int services, int sessions, int callbacks) {}
