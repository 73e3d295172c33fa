package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.Shell;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the node's side of a shell does with too many messages, and with a shell that is gone. */
@Timeout(30)
class ControlShellTest {
  @TempDir Path folder;
  private CliFixture cli;
  private final List<Evaluations> opened = new CopyOnWriteArrayList<>();

  /** A shell whose lines end when the test says so. */
  private static final class Evaluations implements Shell {
    final List<String> lines = new CopyOnWriteArrayList<>();
    final List<CompletableFuture<Answer>> answers = new CopyOnWriteArrayList<>();
    volatile boolean closed;

    @Override
    public CompletableFuture<Answer> evaluate(String line) {
      var answer = new CompletableFuture<Answer>();
      answers.add(answer);
      lines.add(line);
      return answer;
    }

    @Override
    public CompletableFuture<Completion> complete(String line) {
      return CompletableFuture.completedFuture(new Completion(0, List.of()));
    }

    @Override
    public void interrupt() {}

    @Override
    public void close() {
      closed = true;
    }
  }

  @BeforeEach
  void start() {
    cli = new CliFixture(folder);
    InMemoryNode node = InMemoryNode.withMath();
    node.shells =
        () -> {
          opened.add(new Evaluations());
          return CompletableFuture.completedFuture(opened.getLast());
        };
    cli.serve("main", node);
  }

  @AfterEach
  void stop() {
    cli.close();
  }

  @Test
  void aLineThatIsRefusedIsNotEvaluated() throws Exception {
    try (var client = cli.folder.connectAll().getFirst();
        Shell shell = client.shell(text -> {})) {
      for (int i = 0; i < 16; i++) {
        var _ = shell.evaluate("line " + i);
      }
      assertThatThrownBy(() -> shell.evaluate("one too many").join())
          .hasCauseInstanceOf(RunarException.class)
          .hasMessageContaining("16 messages of this shell are unanswered");
      assertThat(opened.getFirst().lines).hasSize(16).doesNotContain("one too many");
    }
  }

  @Test
  void aShellThatIsGoneIsOpenedAnew() throws Exception {
    try (var client = cli.folder.connectAll().getFirst();
        Shell shell = client.shell(text -> {})) {
      CompletableFuture<Shell.Answer> lost = shell.evaluate("lost");
      await().until(() -> !opened.isEmpty() && !opened.getFirst().lines.isEmpty());
      opened
          .getFirst()
          .answers
          .getFirst()
          .completeExceptionally(new RunarException(Code.CONTEXT_GONE, "it took too long"));
      assertThatThrownBy(lost::join).hasMessageContaining("it took too long");
      var _ = shell.evaluate("next");
      await().until(() -> opened.size() == 2 && opened.getLast().lines.contains("next"));
      assertThat(opened.getFirst().closed).isTrue();
    }
  }
}
