/** The dialect {@code /topics}: its frames and how they are read and written (docs/protocol.md). */
@NullMarked
package dev.runar.internal.protocol.topic;

import org.jspecify.annotations.NullMarked;
