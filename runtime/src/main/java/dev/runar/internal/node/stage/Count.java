package dev.runar.internal.node.stage;

/** What is counted of one action. */
enum Count {
  CALLS("calls"),
  INVALID_INPUT("invalidInput"),
  INVALID_OUTPUT("invalidOutput"),
  /** Matches with a pattern that took too long; invalid, too. */
  PATTERNS_GIVEN_UP("patternsGivenUp"),
  CACHE_HITS("cacheHits"),
  CACHE_MISSES("cacheMisses"),
  NOT_CACHED("notCached"),
  INVALIDATIONS("invalidations"),
  FALLBACKS("fallbacks"),
  RETRIES("retries"),
  REFUSED_BY_BREAKER("refusedByBreaker"),
  WAITED("waited"),
  REFUSED_BY_BULKHEAD("refusedByBulkhead");

  /** As {@code $runtime} and {@code $registry} show it. */
  final String shown;

  Count(String shown) {
    this.shown = shown;
  }
}
