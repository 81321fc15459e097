/** Which plugins there are: one table of kinds, built-ins by service binding, third parties' jars through PF4J. */
@NullMarked
package dev.haltlab.platform.catalog;

import org.jspecify.annotations.NullMarked;
