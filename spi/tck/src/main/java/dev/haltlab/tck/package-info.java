/**
 * Numbered rules, each a sentence of the contracts with the check that a plugin keeps it. {@link
 * dev.haltlab.tck.Conformance} runs those that apply to a provider and lists what came of them.
 */
@NullMarked
package dev.haltlab.tck;

import org.jspecify.annotations.NullMarked;
