/** Throws unless two values are the same JSON. */
export function is(actual: unknown, expected: unknown): void {
  const shown = JSON.stringify(actual);
  if (shown !== JSON.stringify(expected)) {
    throw new Error(`expected ${JSON.stringify(expected)}, got ${shown}`);
  }
}
