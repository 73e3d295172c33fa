package dev.runar.internal.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A disk in memory that fails when it is told to, and forgets at a crash what was not synced: of
 * the writes since the last sync each is kept, lost or torn, in any order, and so are the files
 * that were made and deleted since the folder was synced.
 */
final class SimulatedFiles implements LogFiles {
  private final Random random;
  private final Map<String, Content> files = new TreeMap<>();

  /** What the folder on the disk has. */
  private final Map<String, Content> durable = new HashMap<>();

  /** Calls that may fail, so far. */
  int calls;

  /** Which of them fail: from the first, for so many calls. */
  int failFrom = Integer.MAX_VALUE;

  int failures;

  /** What is written arrives, but ends in a fault of the node. */
  volatile boolean isFaulty;

  /** Deletions end in a fault of the node. */
  volatile boolean areDeletionsFaulty;

  /** Runs before each sync. */
  volatile Runnable beforeSync = () -> {};

  private static final class Content {
    private byte[] now = {};
    private byte[] onDisk = {};
    private final List<Write> pending = new ArrayList<>();

    private record Write(long position, byte[] bytes) {}
  }

  SimulatedFiles(long seed) {
    random = new Random(seed);
  }

  private boolean fails() {
    calls++;
    return calls >= failFrom && calls < failFrom + failures;
  }

  private void mayFail(String what) throws IOException {
    if (fails()) {
      throw new IOException("simulated: " + what);
    }
  }

  /** Loses power: only what the disk has is there afterwards. */
  void crash() {
    var after = new HashMap<String, Content>();
    var names = new ArrayList<>(files.keySet());
    durable.keySet().stream().filter(name -> !files.containsKey(name)).forEach(names::add);
    for (String name : names) {
      boolean isIn = files.containsKey(name);
      boolean wasIn = durable.containsKey(name);
      if (isIn && (wasIn || random.nextBoolean())) {
        after.put(name, settled(files.get(name)));
      } else if (!isIn && random.nextBoolean()) {
        after.put(name, settled(durable.get(name))); // the deletion did not reach the disk
      }
    }
    files.clear();
    files.putAll(after);
    durable.clear();
    durable.putAll(after);
  }

  private Content settled(Content content) {
    byte[] bytes = content.onDisk;
    for (Content.Write write : content.pending) {
      byte[] part =
          switch (random.nextInt(4)) {
            case 0 -> new byte[0];
            case 1 -> Arrays.copyOf(write.bytes(), random.nextInt(write.bytes().length + 1));
            case 2 -> torn(write.bytes());
            default -> write.bytes();
          };
      bytes = patched(bytes, write.position(), part);
    }
    var after = new Content();
    after.now = bytes;
    after.onDisk = bytes;
    return after;
  }

  /** A part in the middle did not arrive. */
  private byte[] torn(byte[] bytes) {
    byte[] torn = bytes.clone();
    if (torn.length == 0) {
      return torn;
    }
    int from = random.nextInt(torn.length);
    Arrays.fill(torn, from, from + random.nextInt(torn.length - from) + 1, (byte) 0);
    return torn;
  }

  private static byte[] patched(byte[] bytes, long position, byte[] part) {
    byte[] patched = Arrays.copyOf(bytes, Math.max(bytes.length, (int) position + part.length));
    System.arraycopy(part, 0, patched, (int) position, part.length);
    return patched;
  }

  /** Ends the process only: what was written is there. */
  void kill() {}

  @Override
  public List<String> names() {
    return List.copyOf(files.keySet());
  }

  byte[] bytes(String name) {
    return files.get(name).now.clone();
  }

  void replace(String name, byte[] bytes) {
    var content = new Content();
    content.now = bytes;
    content.onDisk = bytes;
    files.put(name, content);
    durable.put(name, content);
  }

  void lose(String name) {
    files.remove(name);
    durable.remove(name);
  }

  @Override
  public LogFile create(String name) throws IOException {
    mayFail("no space for " + name);
    if (files.containsKey(name)) {
      throw new IOException("exists: " + name);
    }
    var content = new Content();
    files.put(name, content);
    return new File(content);
  }

  @Override
  public LogFile open(String name) throws IOException {
    Content content = files.get(name);
    if (content == null) {
      throw new FileNotFoundException(name);
    }
    return new File(content);
  }

  @Override
  public void delete(String name) throws IOException {
    if (areDeletionsFaulty) {
      throw new IllegalStateException("simulated: a fault");
    }
    mayFail("cannot delete " + name);
    files.remove(name);
  }

  @Override
  public void syncFolder() throws IOException {
    mayFail("cannot sync the folder");
    durable.clear();
    durable.putAll(files);
  }

  @Override
  public String place() {
    return "simulated";
  }

  @Override
  public void close() {}

  private final class File implements LogFile {
    private final Content content;

    File(Content content) {
      this.content = content;
    }

    @Override
    public long size() {
      return content.now.length;
    }

    @Override
    public int read(long position, byte[] into, int offset, int length) {
      int there = (int) Math.max(0, Math.min(length, content.now.length - position));
      System.arraycopy(content.now, (int) position, into, offset, there);
      return there;
    }

    @Override
    public void write(long position, byte[] from, int offset, int length) throws IOException {
      byte[] bytes = Arrays.copyOfRange(from, offset, offset + length);
      if (fails()) { // a part of it was written
        take(position, Arrays.copyOf(bytes, random.nextInt(length)));
        throw new IOException("simulated: no space left on device");
      }
      take(position, bytes);
      if (isFaulty) {
        throw new IllegalStateException("simulated: a fault");
      }
    }

    private void take(long position, byte[] bytes) {
      content.now = patched(content.now, position, bytes);
      content.pending.add(new Content.Write(position, bytes));
    }

    /** As Linux does: what could not be synced counts as clean afterwards, and is lost. */
    @Override
    public void force() throws IOException {
      beforeSync.run();
      if (fails()) {
        content.pending.removeIf(write -> random.nextBoolean());
        content.onDisk = settled(content).onDisk;
        content.pending.clear();
        throw new IOException("simulated: input/output error");
      }
      content.pending.forEach(
          write -> content.onDisk = patched(content.onDisk, write.position(), write.bytes()));
      content.pending.clear();
    }

    @Override
    public void close() {}
  }
}
