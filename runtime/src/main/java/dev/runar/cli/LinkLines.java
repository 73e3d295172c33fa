package dev.runar.cli;

import dev.runar.Delivery;
import dev.runar.NodeProvider;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What this process writes to its output and its log, as lines for the other side of the first link
 * that is open. Any thread: it may be the one that carries what waits for the link, and no lock of
 * all is held meanwhile.
 */
final class LinkLines {
  /** So many wait for a link to be opened; those behind them are counted. */
  private static final int MAX_EARLY = 1_000;

  private final Terminal terminal;

  /** For what is said while all ends, and the other side does not listen any more. */
  private final PrintStream last;

  private final List<Line> early = new ArrayList<>(); // guarded by this
  private final List<NodeProvider.Linked> links = new ArrayList<>(); // guarded by this
  private long lost; // guarded by this
  private volatile boolean isOver; // written guarded by this

  /** What was written while there was no link. */
  private record Line(String level, String logger, String text) {}

  private final Lines out = new Lines(this, "info", "System.out");
  private final Lines err = new Lines(this, "warn", "System.err");

  /**
   * Lines for links that are still to come.
   *
   * @param last where those go that no link has taken when all ends
   */
  LinkLines(OutputStream last) {
    this.last = printing(last);
    terminal = new Terminal(InputStream.nullInputStream(), printing(out), printing(err));
  }

  /** From now on {@code System.out} and {@code System.err} are lines for a link. */
  static LinkLines takeOver() {
    var lines = new LinkLines(new FileOutputStream(FileDescriptor.err));
    System.setOut(lines.terminal.out());
    System.setErr(lines.terminal.err());
    return lines;
  }

  /** Whose streams are these lines. */
  Terminal terminal() {
    return terminal;
  }

  /** There is a link, until it ends; what was written before the first goes first. */
  void to(NodeProvider.Linked open) {
    taken().forEach(line -> tell(open, line));
    synchronized (this) {
      taken().forEach(line -> tell(open, line)); // few have come since
      links.add(open);
    }
    var _ = open.ended().thenRun(() -> gone(open));
  }

  private synchronized List<Line> taken() {
    var taken = new ArrayList<>(early);
    early.clear();
    if (lost > 0) {
      taken.add(new Line("warn", "System.err", lost + " lines of output were lost here"));
      lost = 0;
    }
    return taken;
  }

  /**
   * The process ends: what has no line feed is a line, too; what nobody has got is said here, and
   * so is what comes behind this, as from other hooks.
   */
  void end() {
    out.endLine();
    err.endLine();
    synchronized (this) {
      isOver = true;
      if (links.isEmpty()) {
        early.forEach(line -> last.println(line.text));
        early.clear();
        if (lost > 0) {
          last.println(lost + " lines of output were lost here");
          lost = 0;
        }
      }
    }
  }

  private synchronized void gone(NodeProvider.Linked ended) {
    links.remove(ended);
  }

  private void write(Line line) {
    NodeProvider.Linked open = taker(line);
    if (open != null) {
      tell(open, line);
    }
  }

  /** Null: there is none, and the line is kept, said or counted. */
  private synchronized NodeProvider.@Nullable Linked taker(Line line) {
    if (!links.isEmpty()) {
      return links.getFirst();
    }
    if (isOver) {
      last.println(line.text);
    } else if (early.size() < MAX_EARLY) {
      early.add(line);
    } else {
      lost++;
    }
    return null;
  }

  private void tell(NodeProvider.Linked open, Line line) {
    Delivery told = open.log(line.level, line.logger, line.text);
    if (told == Delivery.CLOSED || (told == Delivery.FULL && isOver)) {
      last.println(line.text);
    }
  }

  private static PrintStream printing(OutputStream lines) {
    return new PrintStream(lines, true, StandardCharsets.UTF_8);
  }

  /** One stream, cut into lines. */
  private static final class Lines extends OutputStream {
    /** A longer line goes in pieces, of whole characters. */
    private static final int MAX_LINE = 64 << 10;

    /** Of UTF-8, beside its first byte. */
    private static final int MOST_CONTINUED = 3;

    private final LinkLines lines;
    private final String level;
    private final String logger;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(); // guarded by this

    Lines(LinkLines lines, String level, String logger) {
      this.lines = lines;
      this.level = level;
      this.logger = logger;
    }

    @Override
    public synchronized void write(int octet) {
      if (octet == '\n') {
        end();
        return;
      }
      boolean isInside = (octet & 0xc0) == 0x80 && line.size() < MAX_LINE + MOST_CONTINUED;
      if (line.size() >= MAX_LINE && !isInside) {
        end();
      }
      line.write(octet);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      for (int i = offset; i < offset + length; i++) {
        write(bytes[i]);
      }
    }

    synchronized void endLine() {
      if (line.size() > 0) {
        end();
      }
    }

    private void end() {
      String text = line.toString(StandardCharsets.UTF_8);
      line.reset();
      String shown = text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
      lines.write(new Line(level, logger, shown));
    }
  }
}
