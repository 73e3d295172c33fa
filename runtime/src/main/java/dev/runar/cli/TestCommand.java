package dev.runar.cli;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.TestPlan;
import dev.runar.cli.report.Ink;
import dev.runar.cli.report.JunitReporter;
import dev.runar.cli.report.SpecReporter;
import dev.runar.cli.report.TapReporter;
import dev.runar.cli.report.TestReporter;
import dev.runar.cli.report.TestStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code runar test}: runs test files, each in a node of its own. */
@Command(
    name = "test",
    header = "Runs the tests of files and folders, each file in a node of its own.",
    footer = {
      "",
      "Tests are written with node:test and node:assert; see docs/testing.md.",
      "",
      "Examples:",
      "  runar test",
      "  runar test app.test.ts --test-name-pattern add",
      "  runar test --reporter spec --reporter-destination stdout"
          + " --reporter junit --reporter-destination tests.xml"
    })
final class TestCommand implements Callable<Integer> {
  private static final String STDOUT = "stdout";
  private static final int MOST_AT_ONCE = 256;

  /** The forms of {@code --reporter}. */
  enum Form {
    spec,
    tap,
    junit
  }

  private final Surroundings surroundings;
  private final Output output;
  private final List<PrintWriter> files = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // set by picocli
  @Spec
  private CommandSpec command;

  @Mixin private final ConfigOptions config = new ConfigOptions();

  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description = "Test files, or folders with *.test.ts and the like; this folder by default.")
  private List<Path> named = List.of();

  @Option(
      names = {"--reporter", "--test-reporter"},
      paramLabel = "FORM",
      description = "spec (for people, the default), tap, or junit; may be repeated.")
  private List<Form> forms = List.of();

  @Option(
      names = {"--reporter-destination", "--test-reporter-destination"},
      paramLabel = "FILE",
      description = "Where the reporter of the same rank writes; stdout by default.")
  private List<String> destinations = List.of();

  @Option(
      names = "--test-name-pattern",
      paramLabel = "REGEX",
      description = "Runs only tests whose name it finds; may be repeated.")
  private List<String> patterns = List.of();

  @Option(names = "--test-only", description = "Runs only what is marked with only.")
  private boolean only;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = Millis.class,
      description = "What a test may take that says nothing itself; 30s by default.")
  private Duration timeout = Duration.ofSeconds(30);

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description = "How many files are run at a time; the number of processors by default.")
  private int concurrency = Runtime.getRuntime().availableProcessors();

  TestCommand(Surroundings surroundings, Output output) {
    this.surroundings = surroundings;
    this.output = output;
  }

  @Override
  public Integer call() throws IOException {
    List<Pattern> names = names();
    if (concurrency < 1 || concurrency > MOST_AT_ONCE) {
      throw wrong("--concurrency is " + concurrency + "; it must be from 1 to " + MOST_AT_ONCE);
    }
    List<Path> scripts = TestFiles.find(named);
    surroundings.log().accept("warn", surroundings.terminal());
    long begun = System.nanoTime();
    try {
      var stream = new TestStream(reporters());
      var runs = new ArrayList<CompletableFuture<Void>>();
      try (var pool = Executors.newFixedThreadPool(Math.min(concurrency, scripts.size()))) {
        for (Path script : scripts) {
          var run =
              new TestFileRun(
                  surroundings,
                  config.configuration(script, surroundings.configs()),
                  stream.file(shown(script)));
          runs.add(
              CompletableFuture.runAsync(
                  () -> run.run(script, listener -> new TestPlan(names, only, timeout, listener)),
                  pool));
        }
      }
      boolean passed = stream.end(Duration.ofNanos(System.nanoTime() - begun));
      runs.forEach(CompletableFuture::join);
      return passed ? ExitCode.OK.number() : ExitCode.FAILED.number();
    } finally {
      files.forEach(PrintWriter::close);
    }
  }

  private List<Pattern> names() {
    try {
      return patterns.stream().map(Pattern::compile).toList();
    } catch (PatternSyntaxException e) {
      throw wrong("--test-name-pattern: " + e.getMessage());
    }
  }

  private List<TestReporter> reporters() throws IOException {
    List<Form> chosen = forms.isEmpty() ? List.of(Form.spec) : forms;
    boolean isPaired =
        destinations.size() == chosen.size() || (destinations.isEmpty() && chosen.size() == 1);
    if (!isPaired) {
      throw wrong(
          "there are "
              + chosen.size()
              + " reporters and "
              + destinations.size()
              + " destinations: give each --reporter its --reporter-destination");
    }
    var reporters = new ArrayList<TestReporter>();
    for (int i = 0; i < chosen.size(); i++) {
      String destination = destinations.isEmpty() ? STDOUT : destinations.get(i);
      reporters.add(reporter(chosen.get(i), destination));
    }
    return reporters;
  }

  private TestReporter reporter(Form form, String destination) throws IOException {
    boolean isOut = destination.equals(STDOUT);
    PrintWriter out = isOut ? output.outWriter() : file(Path.of(destination));
    return switch (form) {
      case spec ->
          new SpecReporter(out, isOut ? Ink.of(System.getenv(), Ink.isTerminal()) : Ink.NONE);
      case tap -> new TapReporter(out);
      case junit -> new JunitReporter(out);
    };
  }

  private PrintWriter file(Path path) throws IOException {
    try {
      var writer = new PrintWriter(Files.newBufferedWriter(path, StandardCharsets.UTF_8));
      files.add(writer);
      return writer;
    } catch (java.nio.file.NoSuchFileException e) {
      throw new RunarException(Code.NOT_FOUND, "there is no folder for " + path, e);
    }
  }

  private static String shown(Path file) {
    Path here = Path.of("").toAbsolutePath();
    return file.startsWith(here) ? here.relativize(file).toString() : file.toString();
  }

  private ParameterException wrong(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
