package dev.runar.internal.node;

import dev.runar.Payload;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Items of a stream that travel together, in order. Immutable; any thread. */
public sealed interface Items {
  int count();

  /** About how many bytes they keep alive. */
  int size();

  /** Each by itself. */
  List<Payload> payloads();

  /** One item. */
  record One(Payload item) implements Items {
    @Override
    public int count() {
      return 1;
    }

    @Override
    public int size() {
      return item.size();
    }

    @Override
    public List<Payload> payloads() {
      return List.of(item);
    }
  }

  /**
   * Many items as a script writes and reads them: in one go.
   *
   * @param kind {@code JSON} or {@code RICH}
   * @param text the items, with commas between them
   */
  record Many(Payload.Kind kind, String text, int count) implements Items {
    @Override
    public int size() {
      return text.length();
    }

    @Override
    public List<Payload> payloads() {
      byte[] array = ("[" + text + "]").getBytes(StandardCharsets.UTF_8);
      return Payload.encoded(kind, array).asList().stream().map(Payload::of).toList();
    }
  }
}
