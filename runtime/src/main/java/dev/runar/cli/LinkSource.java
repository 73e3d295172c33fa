package dev.runar.cli;

import dev.runar.NodeConfig;
import dev.runar.NodeProvider;
import dev.runar.NodeProvider.Program;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Function;

/** Makes a node for the JavaScript of another process. */
@FunctionalInterface
interface LinkSource {
  /** See {@link dev.runar.NodeBuilder#link}. */
  NodeProvider.Linked open(Function<Program, NodeConfig> layers, InputStream in, OutputStream out);
}
