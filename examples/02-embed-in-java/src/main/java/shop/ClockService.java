package shop;

import dev.runar.bean.Action;
import dev.runar.bean.OnEvent;
import dev.runar.bean.ServiceBean;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.springframework.stereotype.Component;

/** A service in Java, which greeter.ts asks, and which listens to what greeter.ts publishes. */
@Component
@ServiceBean(path = "clock")
public class ClockService {
  private static final int KEPT = 10;

  private final ConcurrentLinkedDeque<String> thanks = new ConcurrentLinkedDeque<>();

  /** What greeter.ts publishes. */
  public record Thanked(String text) {}

  /** The hour that greetings are made for. */
  @Action
  public int hour() {
    return 9;
  }

  /** Keeps the last. */
  @OnEvent("greeter/thanked")
  public void thanked(Thanked event) {
    thanks.addLast(event.text());
    if (thanks.size() > KEPT) {
      thanks.pollFirst();
    }
  }

  List<String> thanks() {
    return List.copyOf(thanks);
  }
}
