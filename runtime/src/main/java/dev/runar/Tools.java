package dev.runar;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a developer attaches to a node's scripts. Immutable. Not for production: a debugger reads
 * and changes everything in a script, and while one may be attached no turn is ended for taking
 * long.
 *
 * @param inspectPort the port on 127.0.0.1 where a debugger finds the scripts, 0 for any free one,
 *     spoken to in the Chrome DevTools protocol; empty: no debugger
 * @param inspectBreak whether the first script waits for the debugger and pauses at its first line
 * @param cpuProfile the file that the profile of the scripts is written to when the node stops, as
 *     {@code .cpuprofile} of the Chrome DevTools; empty: no profiler
 * @param tests makes its scripts test files; empty: {@code node:test} is refused
 */
public record Tools(
    OptionalInt inspectPort,
    boolean inspectBreak,
    Optional<Path> cpuProfile,
    Optional<TestPlan> tests) {
  public static final Tools NONE =
      new Tools(OptionalInt.empty(), false, Optional.empty(), Optional.empty());

  /**
   * All of it.
   *
   * @throws IllegalArgumentException for a port outside 0 to 65535, or a break without a port
   */
  public Tools {
    int port = inspectPort.orElse(0);
    if (port < 0 || port > PortChoice.MAX) {
      throw new IllegalArgumentException(
          "inspectPort must be 0 to " + PortChoice.MAX + ", it is " + port);
    }
    if (inspectBreak && inspectPort.isEmpty()) {
      throw new IllegalArgumentException("inspectBreak needs an inspectPort");
    }
  }

  /** With a debugger. */
  public Tools withInspector(int port, boolean breakAtStart) {
    return new Tools(OptionalInt.of(port), breakAtStart, cpuProfile, tests);
  }

  /** With a profile. */
  public Tools withCpuProfile(Path file) {
    return new Tools(inspectPort, inspectBreak, Optional.of(file), tests);
  }

  /** With scripts that are test files. */
  public Tools withTests(TestPlan plan) {
    return new Tools(inspectPort, inspectBreak, cpuProfile, Optional.of(plan));
  }
}
