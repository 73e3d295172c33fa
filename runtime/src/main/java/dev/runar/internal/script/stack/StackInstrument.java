package dev.runar.internal.script.stack;

import com.oracle.truffle.api.ThreadLocalAction;
import com.oracle.truffle.api.Truffle;
import com.oracle.truffle.api.TruffleContext;
import com.oracle.truffle.api.instrumentation.ContextsListener;
import com.oracle.truffle.api.instrumentation.TruffleInstrument;
import com.oracle.truffle.api.nodes.LanguageInfo;
import com.oracle.truffle.api.nodes.Node;
import com.oracle.truffle.api.source.SourceSection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The part of {@link StackSampler} that lives inside the engine. Any thread. */
public final class StackInstrument extends TruffleInstrument implements StackSampler {
  static final String ID = "runar-stacks";
  private static final int MAX_FRAMES = 64;

  private final Set<TruffleContext> contexts = ConcurrentHashMap.newKeySet();
  private @Nullable Env env;

  @Override
  protected void onCreate(Env created) {
    env = created;
    created.getInstrumenter().attachContextsListener(new Contexts(), true);
    created.registerService(this);
  }

  @Override
  public List<Frame> sample(Thread thread, Duration patience) {
    var action = new Sample(thread);
    var answers = new ArrayList<Future<Void>>();
    for (TruffleContext context : contexts) {
      Future<Void> answer = submit(context, action);
      if (answer != null) {
        answers.add(answer);
      }
    }
    long end = System.nanoTime() + patience.toNanos();
    for (Future<Void> answer : answers) {
      await(answer, end - System.nanoTime());
    }
    return action.frames;
  }

  /**
   * To whatever thread is in the context: to name one that is in another makes the engine believe
   * that the context has two, and its own is shut out.
   */
  private @Nullable Future<Void> submit(TruffleContext context, Sample action) {
    Env known = env;
    try {
      return known == null ? null : known.submitThreadLocal(context, null, action);
    } catch (IllegalStateException closed) {
      return null;
    }
  }

  private static void await(Future<Void> answer, long nanos) {
    try {
      answer.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException late) {
      answer.cancel(false);
    } catch (InterruptedException e) {
      answer.cancel(false);
      Thread.currentThread().interrupt();
    }
  }

  /** Runs on the thread that is asked, at a safe point of it. */
  private static final class Sample extends ThreadLocalAction {
    volatile List<Frame> frames = List.of();
    private final Thread thread;

    Sample(Thread thread) {
      super(false, false);
      this.thread = thread;
    }

    @Override
    protected void perform(Access access) {
      if (!thread.equals(access.getThread())) {
        return;
      }
      var found = new ArrayList<Frame>();
      add(found, access.getLocation()); // of the innermost frame, which calls nothing
      Truffle.getRuntime()
          .iterateFrames(
              frame -> {
                add(found, frame.getCallNode());
                return found.size() == MAX_FRAMES ? found : null;
              });
      frames = List.copyOf(found);
    }

    private static void add(List<Frame> found, @Nullable Node node) {
      if (node == null || node.getRootNode() == null || node.getRootNode().isInternal()) {
        return;
      }
      SourceSection section = node.getEncapsulatingSourceSection();
      if (section == null || !section.isAvailable() || section.getSource().isInternal()) {
        return;
      }
      String path = section.getSource().getPath();
      String name = node.getRootNode().getName();
      found.add(
          new Frame(
              name == null || name.startsWith(":") ? "" : name,
              path == null ? section.getSource().getName() : path,
              section.getStartLine(),
              section.getStartColumn()));
    }
  }

  private final class Contexts implements ContextsListener {
    @Override
    public void onContextCreated(TruffleContext context) {
      contexts.add(context);
    }

    @Override
    public void onLanguageContextCreated(TruffleContext context, LanguageInfo language) {}

    @Override
    public void onLanguageContextInitialized(TruffleContext context, LanguageInfo language) {}

    @Override
    public void onLanguageContextFinalized(TruffleContext context, LanguageInfo language) {}

    @Override
    public void onLanguageContextDisposed(TruffleContext context, LanguageInfo language) {}

    @Override
    public void onContextClosed(TruffleContext context) {
      contexts.remove(context);
    }
  }
}
