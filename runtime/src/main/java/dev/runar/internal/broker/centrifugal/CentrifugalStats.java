package dev.runar.internal.broker.centrifugal;

import dev.runar.internal.protocol.centrifugal.Disconnect;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What is counted of this dialect. Any thread. */
public final class CentrifugalStats {

  /** How a client is connected. */
  public enum Transport {
    WEBSOCKET,
    HTTP_STREAM,
    SSE;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The one of a URL path, which ends with its name. */
    static Transport of(String path) {
      for (Transport each : values()) {
        if (path.endsWith("/" + each.label)) {
          return each;
        }
      }
      return WEBSOCKET;
    }

    /** As it is called in meters. */
    public String label() {
      return label;
    }
  }

  private final Map<Transport, LongAdder> connects = new EnumMap<>(Transport.class);
  private final Map<Transport, LongAdder> ends = new EnumMap<>(Transport.class);
  private final LongAdder recovered = new LongAdder();
  private final LongAdder notRecovered = new LongAdder();
  private final LongAdder gaps = new LongAdder();
  private final LongAdder unheard = new LongAdder();
  private final Map<Integer, LongAdder> errors = new ConcurrentHashMap<>();
  private final Map<Disconnect, LongAdder> disconnects = new EnumMap<>(Disconnect.class);

  CentrifugalStats() {
    for (Transport each : Transport.values()) {
      connects.put(each, new LongAdder());
      ends.put(each, new LongAdder());
    }
    for (Disconnect each : Disconnect.values()) {
      disconnects.put(each, new LongAdder());
    }
  }

  void connected(Transport transport) {
    of(connects, transport).increment();
  }

  /** A client that had connected is gone. */
  void ended(Transport transport) {
    of(ends, transport).increment();
  }

  /** A client has asked for what it had missed. */
  void recovering(boolean isRecovered) {
    (isRecovered ? recovered : notRecovered).increment();
  }

  /** A subscriber was told that it misses something. */
  void gap() {
    gaps.increment();
  }

  /** A message of a client reached nobody. */
  void unheard() {
    unheard.increment();
  }

  /** A client was told an error; the codes are those of the protocol and of the node. */
  void error(int code) {
    errors.computeIfAbsent(code, any -> new LongAdder()).increment();
  }

  /** A session has ended. What a client says itself as it leaves counts for nothing. */
  void closed(int code) {
    for (Map.Entry<Disconnect, LongAdder> each : disconnects.entrySet()) {
      if (each.getKey().code() == code) {
        each.getValue().increment();
      }
    }
  }

  /** Clients that have connected so far. */
  public long connects(Transport transport) {
    return of(connects, transport).sum();
  }

  /** Clients that are connected. */
  public long sessions(Transport transport) {
    return connects(transport) - of(ends, transport).sum();
  }

  /** Times that a client got all that it had missed, or was told that it cannot. */
  public long recoveries(boolean isRecovered) {
    return (isRecovered ? recovered : notRecovered).sum();
  }

  /** Times that a subscriber was told that it misses something. */
  public long gaps() {
    return gaps.sum();
  }

  /** Messages of clients that reached nobody. */
  public long unheardMessages() {
    return unheard.sum();
  }

  /** Errors of commands by their code; only those that there were. */
  public Map<String, Long> errors() {
    var counts = new TreeMap<String, Long>();
    errors.forEach((code, count) -> counts.put(code.toString(), count.sum()));
    return counts;
  }

  /** Sessions that were closed, by the code; only those that there were. */
  public Map<String, Long> disconnects() {
    var counts = new TreeMap<String, Long>();
    disconnects.forEach(
        (why, count) -> {
          if (count.sum() > 0) {
            counts.put(Integer.toString(why.code()), count.sum());
          }
        });
    return counts;
  }

  /** The counts now. */
  public Map<String, ?> snapshot() {
    var counts = new TreeMap<String, Object>();
    counts.put("connects", connects.values().stream().mapToLong(LongAdder::sum).sum());
    var sessions = new TreeMap<String, Long>();
    for (Transport each : Transport.values()) {
      sessions.put(each.label(), sessions(each));
    }
    counts.put("sessions", sessions);
    counts.put("recovered", recovered.sum());
    counts.put("notRecovered", notRecovered.sum());
    counts.put("gaps", gaps.sum());
    counts.put("unheardMessages", unheard.sum());
    counts.put("errors", errors());
    counts.put("disconnects", disconnects());
    return counts;
  }

  private static LongAdder of(Map<Transport, LongAdder> counts, Transport transport) {
    return java.util.Objects.requireNonNull(counts.get(transport));
  }
}
