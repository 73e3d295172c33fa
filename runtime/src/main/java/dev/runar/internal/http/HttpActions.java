package dev.runar.internal.http;

import dev.runar.HttpCall.Identifier;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.broker.HandlerFailures;
import dev.runar.internal.node.HttpLookup;
import dev.runar.internal.node.NodeGate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** The actions that HTTP clients reach. Any thread; nothing here blocks. */
public final class HttpActions {
  /** Segments that no path of an action has, and that mean something else to others. */
  private static final Set<String> NOWHERE = Set.of("", ".", "..");

  private final Setup setup;
  private final AtomicLong ids = new AtomicLong();

  /**
   * What it works with.
   *
   * @param identifier who says who a client is; asked for each request
   * @param streams where the items of streams come from
   * @param work runs what may block, each task on a thread of its own
   * @param failures the log of what actions ran into
   */
  public record Setup(
      NodeGate gate,
      Supplier<Optional<Identifier>> identifier,
      ItemSource streams,
      Executor work,
      HttpCounters counters,
      HandlerFailures failures) {}

  public HttpActions(Setup setup) {
    this.setup = setup;
  }

  HttpCounters counters() {
    return setup.counters();
  }

  /** What there is at a path; a malformed one is at none. */
  HttpLookup find(String method, String path) {
    List<String> segments;
    try {
      segments = FormText.segments(path);
    } catch (RunarException e) {
      return HttpLookup.NONE;
    }
    if (segments.stream().anyMatch(NOWHERE::contains)) {
      return HttpLookup.NONE;
    }
    return setup.gate().http(method.equals("HEAD") ? "GET" : method, segments);
  }

  /** Asks the action of a plan. */
  HttpExchange begin(Plan.Action plan, HttpRequest request, byte[] body) {
    setup.counters().asked();
    var call = new GatewayCall(newId(), request, new Reply());
    var exchange = new ActionExchange(setup, plan.found(), call, body);
    setup.work().execute(exchange);
    return exchange;
  }

  private String newId() {
    return "h" + ids.incrementAndGet();
  }

  HttpResponse otherMethods(SortedSet<String> methods) {
    List<String> allowed = allowed(methods);
    return Problems.of(
            405, Code.NOT_FOUND, "there is " + String.join(", ", allowed) + " here", newId())
        .with("allow", String.join(", ", allowed));
  }

  static List<String> allowed(SortedSet<String> methods) {
    var allowed = new ArrayList<>(methods);
    if (methods.contains("GET")) {
      allowed.add("HEAD");
    }
    allowed.add("OPTIONS");
    return allowed;
  }

  HttpResponse tooLarge(long most) {
    return Problems.of(413, Code.TOO_LARGE, "the body is larger than " + most + " bytes", newId());
  }

  HttpResponse noRoom() {
    return Problems.of(503, Code.OVERLOADED, "too much is waiting; try again later", newId())
        .with("retry-after", "1");
  }

  HttpResponse bodyNotWanted(String method) {
    return Problems.of(400, Code.INVALID_INPUT, method + " takes no body here", newId());
  }
}
