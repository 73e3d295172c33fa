package dev.runar.internal.script.stack;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.graalvm.polyglot.Engine;

/** Asks a thread that runs a script where it is, without ending anything. Any thread. */
public interface StackSampler {
  /**
   * One frame, as the engine knows it.
   *
   * @param function its name, or empty
   * @param file of the code that runs, before source maps
   * @param line from 1
   * @param column from 1
   */
  record Frame(String function, String file, int line, int column) {}

  /** The sampler of an engine; makes it at the first use, so that who never asks pays nothing. */
  static Optional<StackSampler> of(Engine engine) {
    var instrument = engine.getInstruments().get(StackInstrument.ID);
    return instrument == null
        ? Optional.empty()
        : Optional.ofNullable(instrument.lookup(StackSampler.class));
  }

  /**
   * The frames of a thread, the innermost first; empty when it runs no script, or does not get to a
   * safe point in time, as in a call of the host.
   */
  List<Frame> sample(Thread thread, Duration patience);
}
