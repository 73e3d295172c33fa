package dev.runar.cli.report;

import java.util.Map;

/**
 * Colours, or none. Immutable; any thread.
 *
 * @param colored whether what reads the text shows colours
 */
public record Ink(boolean colored) {
  public static final Ink NONE = new Ink(false);

  private static final int RED_CODE = 31;
  private static final int GREEN_CODE = 32;
  private static final int YELLOW_CODE = 33;
  private static final int CYAN_CODE = 36;
  private static final int BLUE_CODE = 34;
  private static final int GRAY_CODE = 90;

  /** Colours on a terminal; {@code NO_COLOR} and {@code FORCE_COLOR} decide before it does. */
  public static Ink of(Map<String, String> environment, boolean terminal) {
    if (!environment.getOrDefault("NO_COLOR", "").isEmpty()) {
      return new Ink(false);
    }
    String forced = environment.getOrDefault("FORCE_COLOR", "");
    return new Ink(forced.isEmpty() ? terminal : !forced.equals("0"));
  }

  /** Whether both ends of the process are a terminal. */
  @SuppressWarnings("SystemConsoleNull") // it is null here when there is no terminal
  public static boolean isTerminal() {
    var console = System.console();
    return console != null && console.isTerminal();
  }

  public String red(String text) {
    return in(RED_CODE, text);
  }

  public String green(String text) {
    return in(GREEN_CODE, text);
  }

  public String blue(String text) {
    return in(BLUE_CODE, text);
  }

  public String cyan(String text) {
    return in(CYAN_CODE, text);
  }

  public String yellow(String text) {
    return in(YELLOW_CODE, text);
  }

  public String gray(String text) {
    return in(GRAY_CODE, text);
  }

  private String in(int code, String text) {
    return colored ? "\u001b[" + code + "m" + text + "\u001b[39m" : text;
  }
}
