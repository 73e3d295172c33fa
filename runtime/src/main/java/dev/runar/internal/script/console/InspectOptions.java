package dev.runar.internal.script.console;

/**
 * How much of a value is shown.
 *
 * @param depth how many levels below the value are opened
 * @param hidden also what is not enumerable
 * @param proxies proxies as such, with target and handler
 * @param elements of a list
 * @param lineWidth columns before a value is broken into lines
 */
record InspectOptions(int depth, boolean hidden, boolean proxies, int elements, int lineWidth) {
  /** Of a nested string more is not shown, as in Node. */
  static final int MAX_TEXT = 10_000;

  /** Of a list more is not shown, as in Node. */
  static final int MAX_ELEMENTS = 100;

  /** Of {@code console.log}. */
  static final InspectOptions DEFAULT = new InspectOptions(2, false, false, MAX_ELEMENTS, 80);

  InspectOptions withDepth(int levels) {
    return new InspectOptions(levels, hidden, proxies, elements, lineWidth);
  }

  /** Of the {@code %o} specifier. */
  InspectOptions withEverything() {
    return new InspectOptions(4, true, true, elements, lineWidth);
  }
}
