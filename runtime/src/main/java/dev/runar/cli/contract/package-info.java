/** Descriptions of services as commands show, compare and type them. Pure functions. */
@NullMarked
package dev.runar.cli.contract;

import org.jspecify.annotations.NullMarked;
