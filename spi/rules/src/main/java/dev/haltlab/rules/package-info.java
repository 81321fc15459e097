/**
 * Rules over a plugin's class files ({@link dev.haltlab.rules.PluginRules}) and over its jar ({@link
 * dev.haltlab.rules.JarRules}).
 */
@NullMarked
package dev.haltlab.rules;

import org.jspecify.annotations.NullMarked;
