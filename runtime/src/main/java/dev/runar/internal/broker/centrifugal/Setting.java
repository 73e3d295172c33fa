package dev.runar.internal.broker.centrifugal;

import dev.runar.internal.broker.ClientSetting;
import dev.runar.internal.node.NodeGate;

/** What the conversations of all clients of the dialect share. Any thread. */
record Setting(NodeGate gate, ClientSetting clients, CentrifugalStats stats) {}
