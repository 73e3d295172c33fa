package dev.runar.cli.report;

import dev.runar.TestEvent;
import dev.runar.TestEvent.Directive;
import dev.runar.TestEvent.Failure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Brings what several files tell at the same time into the order of the files, and numbers their
 * tests through. The file whose turn it is is told as it goes, what the others tell waits. Any
 * thread.
 */
public final class TestStream {
  /** Characters that a file may print while it waits for its turn; the rest is left out. */
  static final int MAX_WAITING = 4 << 20;

  private final List<TestReporter> reporters;
  private final TestTotals totals = new TestTotals(); // guarded by this
  private final ArrayDeque<FileStream> files = new ArrayDeque<>(); // guarded by this
  private int top; // guarded by this

  /** Tells these of all that comes. */
  public TestStream(List<TestReporter> reporters) {
    this.reporters = List.copyOf(reporters);
    this.reporters.forEach(TestReporter::begin);
  }

  /** The next file in order. */
  public synchronized FileStream file(String name) {
    var file = new FileStream(name);
    files.add(file);
    return file;
  }

  /** After the last file is done; whether all went well. */
  public synchronized boolean end(Duration took) {
    reporters.forEach(reporter -> reporter.end(totals, took));
    return !totals.hasFailed();
  }

  /** What one file tells; any thread. */
  public final class FileStream {
    private final String name;
    private final List<TestEvent> waiting = new ArrayList<>();
    private int waitingCharacters;
    private boolean begun;
    private boolean done;
    private int tests;

    FileStream(String name) {
      this.name = name;
    }

    /** Takes the next event; what follows {@code Done} is left out. */
    public void accept(TestEvent event) {
      synchronized (TestStream.this) {
        if (done) {
          return;
        }
        done = event instanceof TestEvent.Done;
        if (!this.equals(files.peek())) {
          keep(event);
          return;
        }
        tell(event);
        while (!files.isEmpty() && files.peek().done) {
          files.remove();
          FileStream next = files.peek();
          if (next != null) {
            next.waiting.forEach(next::tell);
            next.waiting.clear();
          }
        }
      }
    }

    private void keep(TestEvent event) {
      if (event instanceof TestEvent.Printed(String text, boolean error)) {
        if (waitingCharacters > MAX_WAITING) {
          return;
        }
        waitingCharacters += text.length();
        if (waitingCharacters > MAX_WAITING) {
          waiting.add(new TestEvent.Printed("… the rest of the output is left out", true));
          return;
        }
      }
      waiting.add(event);
    }

    private void tell(TestEvent event) {
      if (!begun) {
        begun = true;
        reporters.forEach(reporter -> reporter.file(name));
      }
      switch (event) {
        case TestEvent.Planned(int nesting, int subtests) when nesting == 0 -> {
          // The plan of all files comes at the end.
        }
        case TestEvent.Ended ended -> ended(ended);
        case TestEvent.Done(Optional<Failure> failure) -> {
          if (failure.isPresent() || tests == 0) {
            send(new TestEvent.Began(0, name));
            ended(
                new TestEvent.Ended(
                    0, 0, name, Directive.NONE, "", false, Duration.ZERO, "", failure));
          }
          send(event);
        }
        default -> send(event);
      }
    }

    private void ended(TestEvent.Ended ended) {
      totals.count(ended);
      if (ended.nesting() > 0) {
        send(ended);
        return;
      }
      tests++;
      top++;
      send(
          new TestEvent.Ended(
              0,
              top,
              ended.name(),
              ended.directive(),
              ended.reason(),
              ended.suite(),
              ended.took(),
              ended.place(),
              ended.failure()));
    }

    private void send(TestEvent event) {
      reporters.forEach(reporter -> reporter.event(event));
    }
  }
}
