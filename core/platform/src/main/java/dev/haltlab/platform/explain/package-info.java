/** What a table of {@code perf kvm stat} says in plain words, by rules that show their grounds. */
@NullMarked
package dev.haltlab.platform.explain;

import org.jspecify.annotations.NullMarked;
