/** How `runar test` tells what its tests did: for people, as TAP, as JUnit's XML. */
@NullMarked
package dev.runar.cli.report;

import org.jspecify.annotations.NullMarked;
