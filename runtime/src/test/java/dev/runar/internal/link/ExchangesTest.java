package dev.runar.internal.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.internal.link.Exchanges.Exchange;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What was asked of the other side, and who waits for the end of it. */
@Timeout(10)
class ExchangesTest {
  private final Exchanges exchanges = new Exchanges();
  private final List<String> told = new ArrayList<>();

  private record Asked(String service, List<String> told) implements Exchange {
    @Override
    public void succeeded(Frame answer) {
      told.add(service + " succeeded");
    }

    @Override
    public void failed(Frame answer) {
      told.add(service + " failed");
    }

    @Override
    public void gone(RunarException reason) {
      told.add(service + " " + reason.code());
    }
  }

  @Test
  void whoWaitsForOneServiceDoesNotWaitForAnother() {
    long first = exchanges.add(new Asked("a", told));
    long second = exchanges.add(new Asked("a", told));
    long other = exchanges.add(new Asked("b", told));

    CompletableFuture<Void> over = over("a");
    long later = exchanges.add(new Asked("a", told));
    exchanges.remove(first);
    assertThat(over).isNotDone();
    exchanges.remove(second);

    assertThat(over).isCompleted();
    assertThat(exchanges.size()).isEqualTo(2);
    assertThat(over("c")).isCompleted();
    CompletableFuture<Void> ofOther = over("b");
    exchanges.remove(later);
    assertThat(ofOther).isNotDone();
    exchanges.remove(other);
    assertThat(ofOther).isCompleted();
  }

  @Test
  void theEndIsTheEndOfAll() {
    exchanges.add(new Asked("a", told));
    CompletableFuture<Void> over = over("a");

    exchanges.close(new RunarException(Code.CONTEXT_GONE, "killed"));

    assertThat(over).isCompleted();
    assertThat(told).containsExactly("a CONTEXT_GONE");
    assertThat(exchanges.add(new Asked("a", told))).isZero();
    assertThat(exchanges.size()).isZero();
  }

  @Test
  void anIdIsOfOneLifeOfItsPlace() {
    long first = exchanges.add(new Asked("a", told));
    assertThat(exchanges.remove(first)).isNotNull();

    long second = exchanges.add(new Asked("b", told));

    assertThat(second).isNotEqualTo(first).isEven();
    assertThat(exchanges.remove(first)).isNull();
    assertThat(exchanges.find(second)).isEqualTo(new Asked("b", told));
  }

  @Test
  void noLifeOfAPlaceIsTheIdOfNothing() {
    assertThat(Exchanges.lifeAfter(0)).isEqualTo(1);
    assertThat(Exchanges.lifeAfter(1)).isEqualTo(2);
    assertThat(Exchanges.lifeAfter(Exchanges.MOST_LIVES - 1)).isEqualTo(1);
  }

  @Test
  void oneThatThrowsDoesNotKeepTheEndFromOthers() {
    exchanges.add(
        new Exchange() {
          @Override
          public void succeeded(Frame answer) {}

          @Override
          public void failed(Frame answer) {}

          @Override
          public void gone(RunarException reason) {
            throw new IllegalStateException("on purpose");
          }
        });
    exchanges.add(new Asked("b", told));
    CompletableFuture<Void> over = exchanges.whenOver(exchange -> true);

    exchanges.close(new RunarException(Code.CONTEXT_GONE, "killed"));

    assertThat(told).containsExactly("b CONTEXT_GONE");
    assertThat(over).isCompleted();
  }

  private CompletableFuture<Void> over(String service) {
    return exchanges.whenOver(exchange -> ((Asked) exchange).service().equals(service));
  }
}
