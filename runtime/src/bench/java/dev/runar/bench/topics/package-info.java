/** Load for packets of bytes on {@code /topics}. */
@NullMarked
package dev.runar.bench.topics;

import org.jspecify.annotations.NullMarked;
