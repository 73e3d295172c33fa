package dev.runar.internal.script;

import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.TestEvent;
import dev.runar.TestEvent.Difference;
import dev.runar.TestEvent.Directive;
import dev.runar.TestEvent.Failure;
import dev.runar.TestPlan;
import dev.runar.internal.node.Failures;
import dev.runar.internal.sdk.NodeControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;

/**
 * What {@code node:test} asks of the host: what to run, and where to tell what happened. Owner
 * thread, but for the end of a context, which may be told by any.
 */
public final class HostTests {
  private static final int MAX_NAME = 1_000;

  private final ScriptContext context;
  private final NodeControl control;
  private final TestPlan plan;
  private final BiConsumer<String, Value> hooks;
  private final UnaryOperator<String> frames;
  private final boolean runs;
  private final Consumer<RunarException> gone = this::endedEarly;

  /** The innermost test that was begun last: it is named if the context ends in it. */
  private volatile String running = "";

  private @Nullable Value loaded;
  private boolean done; // guarded by this

  /**
   * For one test file.
   *
   * @param hooks takes a function of the script, by name, that the bootstrap asks
   * @param frames shows the source of a stack's innermost place
   * @param runs whether the tests run here; in the instances of a service that the file adds, what
   *     it gives to {@code node:test} is left to the file's own context
   */
  HostTests(
      ScriptContext context,
      NodeControl control,
      TestPlan plan,
      BiConsumer<String, Value> hooks,
      UnaryOperator<String> frames,
      boolean runs) {
    this.context = context;
    this.control = control;
    this.plan = plan;
    this.hooks = hooks;
    this.frames = frames;
    this.runs = runs;
    if (runs) {
      context.pending().watch(gone);
    }
  }

  /** As JSON: {@code runs}, {@code only}, {@code named}, {@code timeoutMs}. */
  @HostAccess.Export
  public String settings() {
    return Payload.object(
            "runs", runs,
            "only", plan.only(),
            "named", !plan.names().isEmpty(),
            "timeoutMs", plan.timeout().toMillis())
        .text();
  }

  /** Whether a test of this name was asked for. */
  @HostAccess.Export
  public boolean isWanted(String name) {
    return plan.names().stream().anyMatch(pattern -> pattern.matcher(name).find());
  }

  /** Milliseconds of a clock that no mock stops. */
  @HostAccess.Export
  public double now() {
    return context.clock().nanos() / 1e6;
  }

  /** Starts the node; then calls back with what went wrong, or null. */
  @HostAccess.Export
  public void begin(Value begun) {
    var _ =
        control
            .start()
            .whenComplete(
                (started, error) ->
                    context.postReserved(
                        "the start of the node",
                        () ->
                            begun.executeVoid(
                                error == null ? null : Failures.of(error).getMessage())));
  }

  @HostAccess.Export
  public void running(String path) {
    running = path.length() <= MAX_NAME ? path : path.substring(0, MAX_NAME);
  }

  /** An error that nobody caught is given to this function from now on. */
  @HostAccess.Export
  public void whenUncaught(Value function) {
    if (runs) {
      hooks.accept("uncaught", function);
    }
  }

  /**
   * The function that is called when the file was loaded; it calls back when its tests are over.
   */
  @HostAccess.Export
  public void whenLoaded(Value function) {
    loaded = function;
  }

  /** Takes one event as JSON. */
  @HostAccess.Export
  public void report(String json) {
    plan.listener().accept(event(Payload.json(json).asMap()));
  }

  /** The file was loaded: waits for its tests, if it has any. */
  void loaded() {
    if (!runs) {
      return;
    }
    Value function = loaded;
    if (function == null) {
      done(Optional.empty());
      return;
    }
    ProxyExecutable end =
        arguments -> {
          Value failure = arguments[0];
          done(
              failure.isNull()
                  ? Optional.empty()
                  : Optional.of(failure(Payload.json(failure.asString()).asMap())));
          return null;
        };
    context.work().begins();
    function.executeVoid(end);
  }

  /** Who loads the file is told of its failure; but not of the test that runs meanwhile. */
  private void endedEarly(RunarException reason) {
    String name = running;
    if (name.isEmpty() && !context.isLoaded()) {
      return;
    }
    String where = name.isEmpty() ? "" : "in the test \"" + name + "\": ";
    done(Optional.of(Failure.of("testAborted", where + reason.getMessage())));
  }

  private void done(Optional<Failure> failure) {
    synchronized (this) {
      if (done) {
        return;
      }
      done = true;
    }
    context.pending().unwatch(gone);
    context.work().end();
    plan.listener().accept(new TestEvent.Done(failure));
  }

  private TestEvent event(Map<String, @Nullable Object> map) {
    int nesting = number(map, "nesting");
    return switch (text(map, "type")) {
      case "began" -> new TestEvent.Began(nesting, text(map, "name"));
      case "planned" -> new TestEvent.Planned(nesting, number(map, "subtests"));
      case "noted" -> new TestEvent.Noted(nesting, text(map, "message"));
      default ->
          new TestEvent.Ended(
              nesting,
              number(map, "number"),
              text(map, "name"),
              Directive.valueOf(text(map, "directive")),
              text(map, "reason"),
              Boolean.TRUE.equals(map.get("suite")),
              Duration.ofNanos((long) (decimal(map, "tookMs") * 1e6)),
              text(map, "place"),
              part(map, "failure").map(this::failure));
    };
  }

  private Failure failure(Map<String, @Nullable Object> map) {
    List<String> stack =
        Arrays.stream(text(map, "stack").split("\n"))
            .map(String::strip)
            .filter(line -> line.startsWith("at "))
            .toList();
    return new Failure(
        text(map, "kind"),
        text(map, "message"),
        text(map, "name"),
        text(map, "code"),
        stack,
        stack.isEmpty() ? "" : frames.apply(stack.getFirst()),
        part(map, "difference")
            .map(
                sides ->
                    new Difference(
                        text(sides, "actual"), text(sides, "expected"), text(sides, "operator"))),
        texts(map.get("causes")));
  }

  private static Optional<Map<String, @Nullable Object>> part(
      Map<String, @Nullable Object> map, String key) {
    if (!(map.get(key) instanceof Map<?, ?> part)) {
      return Optional.empty();
    }
    var copy = new LinkedHashMap<String, @Nullable Object>();
    part.forEach((name, value) -> copy.put(String.valueOf(name), value));
    return Optional.of(copy);
  }

  private static List<String> texts(@Nullable Object list) {
    var texts = new ArrayList<String>();
    if (list instanceof List<?> values) {
      values.forEach(value -> texts.add(String.valueOf(value)));
    }
    return texts;
  }

  private static String text(Map<String, @Nullable Object> map, String key) {
    return map.get(key) instanceof String text ? text : "";
  }

  private static int number(Map<String, @Nullable Object> map, String key) {
    return (int) decimal(map, key);
  }

  private static double decimal(Map<String, @Nullable Object> map, String key) {
    return map.get(key) instanceof Number number ? number.doubleValue() : 0;
  }
}
