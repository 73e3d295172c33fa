package dev.runar.internal.host;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** Links without an addon: what was posted is kept, what comes is told by the test. Any thread. */
public final class TestLinks implements Links {
  /** One post that was taken. */
  public record Post(long handle, int length, Room room) {}

  /** What the next posts are answered with; then {@code QUEUED}. */
  public final Queue<Posted> answers = new ArrayDeque<>();

  public final List<Post> posts = new ArrayList<>();
  public final List<Long> closed = new ArrayList<>();

  /** Why the pump has ended although the process has not. */
  final List<String> died = new ArrayList<>();

  final Queue<byte[]> taken = new ArrayDeque<>();

  @Override
  public synchronized Posted post(long handle, byte[] bytes, int offset, int length, Room room) {
    Posted answer = answers.isEmpty() ? Posted.QUEUED : answers.remove();
    if (answer == Posted.QUEUED) {
      posts.add(new Post(handle, length, room));
    }
    return answer;
  }

  @Override
  public synchronized void closed(long handle) {
    closed.add(handle);
    notifyAll();
  }

  /** Waits until Java wants no more of this link. */
  public synchronized void awaitClosed(long handle) throws InterruptedException {
    while (!closed.contains(handle)) {
      wait();
    }
  }

  @Override
  public byte[] take() {
    byte[] next = taken.poll();
    return next == null ? new byte[0] : next;
  }

  @Override
  public void died(String why) {
    died.add(why);
  }
}
