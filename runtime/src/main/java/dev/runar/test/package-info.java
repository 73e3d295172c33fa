/** Tests of a program that embeds a node, by JUnit; loaded only by a program that has it. */
@NullMarked
package dev.runar.test;

import org.jspecify.annotations.NullMarked;
