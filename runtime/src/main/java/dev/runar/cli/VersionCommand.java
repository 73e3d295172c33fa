package dev.runar.cli;

import dev.runar.Node;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code runar version}: of Runar and of what it runs on. */
@Command(name = "version", header = "Shows the versions of Runar, Java and the script engine.")
final class VersionCommand implements Callable<Integer> {
  private final Output output;

  VersionCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    var versions = new LinkedHashMap<String, String>();
    versions.put("runar", Node.version());
    versions.put("java", Version.java());
    Version.graal().ifPresent(version -> versions.put("graaljs", version));
    Version.netty().ifPresent(version -> versions.put("netty", version));
    if (output.isJson()) {
      output.json(versions);
    } else {
      versions.forEach((name, version) -> output.line(name + " " + version));
    }
    return ExitCode.OK.number();
  }
}
