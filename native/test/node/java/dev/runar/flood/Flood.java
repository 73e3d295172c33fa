package dev.runar.flood;

/**
 * What a program asks the producers for. Immutable.
 *
 * @param topic where they publish
 * @param threads how many there are
 * @param each how many events each of them publishes
 * @param isHandled whether receipts come when events are handled, so that those are counted too
 * @param stopsUnheard whether a producer stops when nobody listens, or tries again
 * @param retries whether it tries again when an event was refused, or goes on with the next
 * @param collects whether the garbage collector runs all the time
 * @param report a file for the counts, kept up to the end of the process; empty: none
 */
public record Flood(
    String topic,
    int threads,
    int each,
    boolean isHandled,
    boolean stopsUnheard,
    boolean retries,
    boolean collects,
    String report) {}
