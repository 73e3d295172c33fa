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

/**
 * What this process writes to its output and its log, as lines for the other side of the first link
 * that is open. Any thread; never blocks.
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
  private boolean isOver; // guarded by this

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
    synchronized (this) {
      links.add(open);
      early.forEach(this::write);
      early.clear();
      if (lost > 0) {
        write(new Line("warn", "System.err", lost + " lines of output were lost here"));
        lost = 0;
      }
    }
    var _ = open.ended().thenRun(() -> gone(open));
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

  private synchronized void write(Line line) {
    if (!links.isEmpty()) {
      Delivery told = links.getFirst().log(line.level, line.logger, line.text);
      if (told == Delivery.CLOSED || (isOver && told == Delivery.FULL)) {
        last.println(line.text);
      }
    } else if (isOver) {
      last.println(line.text);
    } else if (early.size() < MAX_EARLY) {
      early.add(line);
    } else {
      lost++;
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
