/** What it costs a node when all its clients come back at once. */
@org.jspecify.annotations.NullMarked
package dev.runar.bench.recovery;
