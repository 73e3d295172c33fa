const STARTED = "$registry/services/producers/state/running";

/** Waits for the Java service that the host of these tests adds to a node that has started. */
export const producers = (node) => node.on(STARTED, { includePast: true, timeout: 60_000 });
