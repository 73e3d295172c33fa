package dev.runar.house.planted.unmarked;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Logger;

/** Breaks the rules about names, state, logging and waiting, in a package without @NullMarked. */
public final class PlantedUtils {
  static int counter;
  static final AtomicLong IDS = new AtomicLong();
  static final List<String> NAMES = new ArrayList<>();
  static final PlantedUtils INSTANCE = new PlantedUtils();
  static final List<String> FINE = List.of("fine");

  private int size;

  public int getSize() {
    return size;
  }

  public void setSize(int newSize) throws InterruptedException {
    Thread.sleep(1);
    Logger.getLogger("planted").fine("waited");
    size = newSize;
  }

  @Override
  public String toString() {
    return String.valueOf(counter);
  }
}
