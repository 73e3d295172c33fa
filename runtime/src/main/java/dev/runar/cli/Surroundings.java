package dev.runar.cli;

import dev.runar.Node;
import dev.runar.NodeConfig;
import dev.runar.Tools;
import dev.runar.cli.control.ControlFolder;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * What a command needs of the world outside, so that a test can give another one.
 *
 * @param terminal its streams
 * @param folder where running nodes are found; asked for by commands that need it
 * @param nodes makes the node of {@code run}
 * @param configs reads its configuration
 * @param signals how the process is asked to end
 * @param init who wants to know when a node is ready
 * @param links makes the node of {@code host}
 * @param log starts the node's log at a level such as {@code info}
 */
record Surroundings(
    Terminal terminal,
    Supplier<ControlFolder> folder,
    BiFunction<NodeConfig, Tools, Node> nodes,
    ConfigSource configs,
    StopSignals signals,
    InitSystem init,
    LinkSource links,
    BiConsumer<String, Terminal> log) {}
