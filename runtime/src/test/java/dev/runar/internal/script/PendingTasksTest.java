package dev.runar.internal.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class PendingTasksTest {
  private static final RunarException REASON = new RunarException(Code.CONTEXT_GONE, "gone");

  @Test
  void whoOnlyWatchesIsToldOfTheEndAndDoesNotCount() {
    var tasks = new PendingTasks();
    var told = new ArrayList<String>();
    Consumer<RunarException> watcher = reason -> told.add("watcher");
    Consumer<RunarException> leaver = reason -> told.add("leaver");
    Consumer<RunarException> task = reason -> told.add("task");
    tasks.watch(watcher);
    tasks.watch(leaver);
    tasks.unwatch(leaver);
    assertThat(tasks.size()).isZero();
    assertThat(tasks.none()).isCompleted();
    tasks.add(task);
    assertThat(tasks.size()).isEqualTo(1);
    tasks.fail(REASON);
    assertThat(told).isEqualTo(List.of("task", "watcher"));
  }
}
