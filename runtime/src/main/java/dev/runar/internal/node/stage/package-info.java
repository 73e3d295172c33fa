/** What the options of an action put around its handler: one stage for each. */
@NullMarked
package dev.runar.internal.node.stage;

import org.jspecify.annotations.NullMarked;
