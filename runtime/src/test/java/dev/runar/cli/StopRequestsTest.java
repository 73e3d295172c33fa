package dev.runar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
final class StopRequestsTest {
  private final AtomicLong clock = new AtomicLong();
  private final List<String> done = new ArrayList<>();
  private final StopRequests requests =
      new StopRequests(() -> done.add("stop"), () -> done.add("halt"), clock::get);

  @Test
  void oneRequestThatComesByMoreThanOneWayIsOne() {
    requests.arrived();
    after(1);
    after(299);
    assertThat(done).containsExactly("stop");
  }

  @Test
  void thoseThatComeLaterEndTheProcessAtOnce() {
    requests.arrived();
    after(300);
    assertThat(done).containsExactly("stop", "halt");
  }

  private void after(long millis) {
    clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    requests.arrived();
  }
}
