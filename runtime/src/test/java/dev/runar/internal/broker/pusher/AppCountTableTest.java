package dev.runar.internal.broker.pusher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AppCountTableTest {
  private final AppCountTable table = new AppCountTable();

  @Test
  void theFirstAppsHaveTheirOwnCountsAndTheOthersShareOne() {
    for (int i = 0; i < AppCountTable.NAMED; i++) {
      table.of("app-" + i).received();
    }
    assertThat(table.all()).hasSize(AppCountTable.NAMED).doesNotContainKey(AppCountTable.OTHER);
    table.of("one more").received();
    table.of("and another").received();
    table.of("app-0").received();
    assertThat(table.all()).hasSize(AppCountTable.NAMED + 1);
    assertThat(table.all().get(AppCountTable.OTHER).messagesIn()).isEqualTo(2);
    assertThat(table.all().get("app-0").messagesIn()).isEqualTo(2);
  }
}
